#include "evidence/did_bands.h"

#include <algorithm>
#include <cmath>

#include "evidence/chance.h"
#include "evidence/numbers.h"
#include "evidence/parallel.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

// Mean 0, variance 1 and third moment 1, so that skewed influences keep their skewness.
double mammen_weight(Chance& chance) {
    static const double root = std::sqrt(5.0);
    return chance.uniform() < (root + 1) / (2 * root) ? (1 - root) / 2 : (1 + root) / 2;
}

// Of values in any order: the least that a share of them doesn't exceed (R: quantile(type = 1)).
double least_above(std::vector<double>& values, double share) {
    const double at = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
    const auto place = static_cast<std::ptrdiff_t>(std::max(at, 1.0)) - 1;
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

}  // namespace

std::vector<double> bootstrap_bands(const Matrix& influence, double level, const Draw& draw,
                                    std::vector<EffectFamily>& families) {
    const Index effects = influence.cols(), clusters = influence.rows();
    const Matrix by_cluster = influence.transpose();            // a cluster's stand together
    Matrix drawn = Matrix::Zero(effects, draw.replicates);
    constexpr Index block = 64;
    const auto blocks = static_cast<std::size_t>((drawn.cols() + block - 1) / block);
    in_parallel(draw.threads, blocks, [&](std::size_t at) {
        const Index first = static_cast<Index>(at) * block;
        for (Index r = first; r < std::min(drawn.cols(), first + block); ++r) {
            Chance chance(draw.seed, static_cast<std::uint64_t>(r));
            for (Index c = 0; c < clusters; ++c)
                drawn.col(r) += mammen_weight(chance) * by_cluster.col(c);
        }
    });
    std::vector<double> errors(static_cast<std::size_t>(effects), missing);
    const double quartiles = 2 * normal_quantile(0.75);
    in_parallel(draw.threads, errors.size(), [&](std::size_t k) {
        const auto row = drawn.row(static_cast<Index>(k));
        std::vector<double> values(row.begin(), row.end());
        const double error = (least_above(values, 0.75) - least_above(values, 0.25)) / quartiles;
        if (error > 0) errors[k] = error;
    });
    for (EffectFamily& family : families) {
        std::vector<double> greatest;
        for (Index r = 0; r < drawn.cols(); ++r) {
            double most = -1;
            for (std::size_t k = family.begin; k < family.end; ++k)
                if (!std::isnan(errors[k]))
                    most = std::max(most, std::abs(drawn(static_cast<Index>(k), r)) / errors[k]);
            if (most >= 0) greatest.push_back(most);
        }
        if (!greatest.empty()) family.critical = least_above(greatest, level);
    }
    return errors;
}

}  // namespace alongside::evidence
