#include "evidence/its_design.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <variant>

#include "evidence/numbers.h"
#include "evidence/own_units.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

std::int32_t series_of(const ItsSeries& data, std::size_t row) {
    return data.series.empty() ? 0 : data.series.of_row[row];
}

bool is_treated_series(const ItsSeries& data, std::int32_t series) {
    return data.is_treated.empty() || data.is_treated[static_cast<std::size_t>(series)];
}

void put_in_order(const ItsSeries& data, ItsDesign& design) {
    design.rows.resize(static_cast<std::size_t>(data.y.size()));
    std::iota(design.rows.begin(), design.rows.end(), std::size_t{0});
    std::stable_sort(design.rows.begin(), design.rows.end(), [&](std::size_t a, std::size_t b) {
        const auto of_a = series_of(data, a), of_b = series_of(data, b);
        return of_a != of_b ? of_a < of_b
                            : data.time[static_cast<Index>(a)] < data.time[static_cast<Index>(b)];
    });
    auto ordered = [&](const Vector& from, Vector& to) {
        to.resize(from.size());
        for (Index i = 0; i < from.size(); ++i)
            to[i] = from[static_cast<Index>(design.rows[static_cast<std::size_t>(i)])];
    };
    ordered(data.y, design.y);
    ordered(data.time, design.time);
    ordered(data.weights, design.weights);
    ordered(data.offset, design.offset);
    design.series.names = data.series.empty() ? std::vector<std::string>{"all"}
                                              : data.series.names;
    for (const std::size_t row : design.rows) {
        design.series.of_row.push_back(series_of(data, row));
        design.is_treated.push_back(is_treated_series(data, series_of(data, row)));
    }
}

// Times twice, uneven steps, how many points before and after.
Fallible<std::monostate> look_at_times(const ItsPlan& plan, ItsDesign& design) {
    double step = missing;
    std::size_t length = 0;
    bool has_before = false;
    for (Index i = 0; i < design.time.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const bool is_first = i == 0 || design.series.of_row[at] != design.series.of_row[at - 1];
        length = is_first ? 1 : length + 1;
        design.longest = std::max(design.longest, length);
        if (!is_first) {
            const double now = design.time[i] - design.time[i - 1];
            if (now == 0)
                return trouble(fmt::format(
                    "{} {} comes twice{}: a series has one row for each time (add rows up first, "
                    "or say --group)",
                    plan.time, printed(design.time[i], 10),
                    design.series.names.size() > 1
                        ? " in " + design.series.names[static_cast<std::size_t>(
                                       design.series.of_row[at])]
                        : ""));
            if (std::isnan(step)) step = now;
            if (std::abs(now - step) > 1e-6 * step) design.is_even = false;
        }
        const bool is_after = design.time[i] >= plan.from;
        design.is_after.push_back(is_after && design.is_treated[at]);
        if (!design.is_treated[at]) continue;
        ++(is_after ? design.after : design.before);
        if (is_after) design.last = has_before ? std::max(design.last, design.time[i])
                                               : design.time[i];
        if (!is_after)
            design.last_before = has_before ? std::max(design.last_before, design.time[i])
                                            : design.time[i];
        if (!is_after) has_before = true;
    }
    if (design.before == 0 || design.after == 0)
        return trouble(fmt::format("no point {} {} {}: there is nothing to compare",
                                   design.before == 0 ? "before" : "at or after", plan.time,
                                   printed(plan.from, 10)));
    return std::monostate();
}

class ItsColumns {
public:
    ItsColumns(const ItsSeries& data, const ItsPlan& plan, ItsDesign& design)
        : plan_(plan), design_(design) {
        for (std::size_t j = 0; j < data.columns.size(); ++j) {
            Vector column(data.y.size());
            for (Index i = 0; i < column.size(); ++i)
                column[i] = data.x(static_cast<Index>(design.rows[static_cast<std::size_t>(i)]),
                                   static_cast<Index>(j));
            add(data.columns[j], std::move(column));
        }
    }

    void add_segments() {
        const Index rows = design_.y.size();
        Vector level(rows), slope(rows), treated(rows);
        for (Index i = 0; i < rows; ++i) {
            const bool is_after = design_.time[i] >= plan_.from;
            level[i] = is_after ? 1 : 0;
            slope[i] = is_after ? design_.time[i] - design_.last_before : 0;
            treated[i] = design_.is_treated[static_cast<std::size_t>(i)] ? 1 : 0;
        }
        const bool is_controlled = treated.minCoeff() == 0;
        add("level", level);
        if (!is_controlled) note_effect();
        if (std::find(design_.columns.begin(), design_.columns.end(), plan_.time) ==
            design_.columns.end())
            add(plan_.time, design_.time);
        if (plan_.with_slope) {
            add("slope", slope);
            if (!is_controlled) note_effect();
        }
        for (int pair = 1; pair <= plan_.pairs; ++pair) {
            const Vector angle = 2 * std::numbers::pi * pair / plan_.season * design_.time;
            add(fmt::format("sin{}", pair), angle.array().sin());
            add(fmt::format("cos{}", pair), angle.array().cos());
        }
        if (!is_controlled) return;
        add("treated", treated);
        add("treated:" + plan_.time, treated.cwiseProduct(design_.time));
        add("treated:level", treated.cwiseProduct(level));
        note_effect();
        if (!plan_.with_slope) return;
        add("treated:slope", treated.cwiseProduct(slope));
        note_effect();
    }

    void finish() {
        design_.x.resize(design_.y.size(), static_cast<Index>(columns_.size()));
        for (std::size_t j = 0; j < columns_.size(); ++j)
            design_.x.col(static_cast<Index>(j)) = columns_[j];
    }

private:
    void add(const std::string& name, Vector column) {
        design_.columns.push_back(name);
        columns_.push_back(std::move(column));
    }
    void note_effect() {
        design_.effects.push_back(static_cast<Index>(design_.columns.size()) - 1);
    }

    const ItsPlan& plan_;
    ItsDesign& design_;
    std::vector<Vector> columns_;
};

}  // namespace

Fallible<ItsDesign> its_design(const ItsSeries& data, const ItsPlan& plan) {
    ItsDesign design;
    put_in_order(data, design);
    if (auto fine = look_at_times(plan, design); !fine) return tl::make_unexpected(fine.error());
    ItsColumns columns(data, plan, design);
    columns.add_segments();
    columns.finish();
    design.unit = ease_columns(design.x, 1);
    return design;
}

}  // namespace alongside::evidence
