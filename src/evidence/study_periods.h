// What studies of prisons over time share: a model of periods, and what of them is told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evidence/glm.h"
#include "evidence/study.h"

namespace alongside::evidence {

// A model of a series or panel: its rows in order of time, columns by name.
struct PanelModel {
    Matrix x;
    std::vector<std::string> names;
    Vector y, offset;
    bool is_count = false;

    void add(std::string name, const std::function<double(Eigen::Index)>& value) {
        const auto at = x.cols();
        x.conservativeResize(y.size(), at + 1);
        for (Eigen::Index row = 0; row < y.size(); ++row) x(row, at) = value(row);
        names.push_back(std::move(name));
    }
};

struct PanelFit {
    Fit fit;
    std::string doubt;
};

PanelModel begin_model(const Study& study, const std::vector<std::size_t>& rows);
void add_covariates(PanelModel& model, const Study& study, const std::vector<std::size_t>& rows);
PanelFit fit_panel(const PanelModel& model);
// A sum of coefficients with its error; nothing if one of them couldn't be estimated.
Finding combined(const PanelFit& panel, const Matrix& covariance, const Vector& weights,
                 double level, double df, bool is_count);

std::vector<double> times_of(const Study& study);
Fallible<bool> check_times(const Study& study);

// The events of each group and period are told as they stand, or of some periods together.
// `counts` and `before` as `told_periods` takes them.
void tell_periods(Study& study, const std::vector<std::vector<double>>& counts,
                  std::size_t before);
// What was seen in each period, or in those told together, for each of its people or as a mean.
SeriesLine seen_in_periods(const ToldPeriods& told, const std::vector<double>& times,
                           const std::vector<double>& sums, const std::vector<double>& sizes);

}  // namespace alongside::evidence
