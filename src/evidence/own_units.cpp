#include "evidence/own_units.h"

#include <cmath>

#include "evidence/parallel.h"

namespace alongside::evidence {

double own_unit(std::span<const double> values) {
    constexpr double most = 0x1p300, least = 0x1p-300;
    if (values.empty()) return 1;
    const auto size = static_cast<Eigen::Index>(values.size());
    const double largest = Eigen::Map<const Eigen::ArrayXd>(values.data(), size).abs().maxCoeff();
    const bool is_usual = largest == 0 || (largest >= least && largest <= most);
    return is_usual || !std::isfinite(largest) ? 1 : std::ldexp(1.0, std::ilogb(largest));
}

double own_unit(const Vector& values) {
    const auto size = static_cast<std::size_t>(values.size());
    return own_unit(std::span<const double>(values.data(), size));
}

Vector ease_columns(Matrix& x, int threads) {
    const auto rows = static_cast<std::size_t>(x.rows());
    Vector unit(x.cols());
    in_parallel(threads, static_cast<std::size_t>(unit.size()), [&](std::size_t j) {
        const auto at = static_cast<Eigen::Index>(j);
        unit[at] = own_unit(std::span<const double>(x.col(at).data(), rows));
        if (unit[at] != 1) x.col(at) /= unit[at];
    });
    return (unit.array() != 1).any() ? unit : Vector();
}

Vector column_as_it_was(const Design& design, Eigen::Index j) {
    return design.x.col(j) * unit_at(design.unit, j);
}

}  // namespace alongside::evidence
