#include "evidence/separation.h"

#include <cmath>

#include "evidence/decompositions.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr double as_good_as_still = 1e-9;

// Which way the linear predictor must go for this row's outcome to become more likely: up (1),
// down (-1), or neither (0), because the likelihood has its top in between.
int better_side(const GlmRows& rows, Index row) {
    const double y = rows.data->y[row];
    if (y == 0) return -1;
    return rows.is_binomial() && y == 1 ? 1 : 0;
}

Vector movement(const GlmRows& rows, const Standard& standard, const std::vector<Index>& columns,
                const Vector& direction) {
    const Matrix& x = rows.data->x;
    Vector moved(x.rows());
    over_blocks(x.rows(), rows.data->threads, [&](Index, Index first, Index count) {
        Matrix packed(count, static_cast<Index>(columns.size()));
        pack(x, standard, columns, first, count, packed.data());
        moved.segment(first, count).noalias() = packed * direction;
    });
    return moved;
}

struct Judged {
    bool harms_none = true;
    std::size_t helped = 0, used = 0;
};

Judged judge(const GlmRows& rows, const Vector& moved, double still) {
    Judged judged;
    for (Index i = 0; i < moved.size(); ++i) {
        if (rows.weight(i) <= 0) continue;
        ++judged.used;
        if (std::abs(moved[i]) <= still) continue;
        if (moved[i] * better_side(rows, i) > 0)
            ++judged.helped;
        else
            judged.harms_none = false;
    }
    return judged;
}

// The part of the direction that leaves the rows it moves less than `still` exactly in place.
Vector held_to(const GlmRows& rows, const Standard& standard, const std::vector<Index>& columns,
               const Vector& direction, const Vector& moved, double still) {
    auto weigh = [&](Index, Index first, Index count, double* weights, double* pulls) {
        for (Index i = 0; i < count; ++i) {
            const bool stays = rows.weight(first + i) > 0 && std::abs(moved[first + i]) <= still;
            weights[i] = stays ? 1 : 0;
            pulls[i] = 0;
        }
    };
    const Factor factor =
        factorise(rows.data->x, standard, columns, weigh, true, rows.data->threads);
    const SingularValues found = singular_values(factor.upper);
    const double enough = as_good_as_still * std::max(1.0, found.sizes.maxCoeff());
    Vector held = direction;
    for (Index k = 0; k < found.sizes.size(); ++k)
        if (found.sizes[k] > enough)
            held -= found.directions.col(k).dot(direction) * found.directions.col(k);
    return held;
}

}  // namespace

std::optional<Separation> find_separation(const GlmRows& rows, const Standard& standard,
                                          const std::vector<Index>& columns,
                                          const Vector& direction) {
    if (columns.empty() || !direction.allFinite() || direction.isZero(0)) return std::nullopt;
    const Vector course = direction / direction.cwiseAbs().maxCoeff();
    const Vector moved = movement(rows, standard, columns, course);
    const double most = moved.cwiseAbs().maxCoeff();
    for (const double share : {1e-3, 1e-5, 1e-7, 1e-9}) {
        if (!judge(rows, moved, share * most).harms_none) return std::nullopt;
        const Vector held = held_to(rows, standard, columns, course, moved, share * most);
        const Vector proof = movement(rows, standard, columns, held);
        const double furthest = proof.cwiseAbs().maxCoeff();
        if (furthest < most / 2) continue;      // those that stayed had to: look closer
        const Judged judged = judge(rows, proof, as_good_as_still * furthest);
        if (!judged.harms_none || judged.helped == 0) continue;
        Separation found{judged.helped == judged.used, {}, judged.helped};
        const double largest = held.cwiseAbs().maxCoeff();
        for (std::size_t k = 0; k < columns.size(); ++k)
            if (columns[k] != standard.ones &&
                std::abs(held[static_cast<Index>(k)]) > 1e-7 * largest)
                found.columns.push_back(rows.data->columns[static_cast<std::size_t>(columns[k])]);
        if (found.columns.empty())
            found.columns.push_back(rows.data->columns[static_cast<std::size_t>(standard.ones)]);
        return found;
    }
    return std::nullopt;
}

}  // namespace alongside::evidence
