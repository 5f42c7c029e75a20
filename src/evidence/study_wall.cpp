// What of a study's people may be told, over all its tables.
#include "evidence/study_wall.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <span>

#include "evidence/study.h"

namespace alongside::evidence {
namespace {

using Counts = std::vector<std::vector<std::size_t>>;

// The people cut up into parts, by one column or by several that cut them alike.
struct Breakdown {
    struct Of {
        PartUse use;
        std::string column;
        std::vector<std::string> name;  // of each part
    };
    std::vector<Of> columns;
    std::vector<std::size_t> part;      // of each row of the data
    bool tells_outcome = false;
    std::vector<bool> hidden, hidden_unmatched;     // by part

    std::size_t parts() const { return columns.front().name.size(); }
};

Breakdown breakdown_by(const Study& study, PartUse use, const std::string& column) {
    const auto labels = parts_of(study, use, column);
    auto names = labels;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    Breakdown out;
    for (const auto& label : labels) {
        out.part.push_back(static_cast<std::size_t>(
            std::lower_bound(names.begin(), names.end(), label) - names.begin()));
    }
    out.columns.push_back({use, column, std::move(names)});
    out.tells_outcome = use == PartUse::prison || use == PartUse::subgroup;
    return out;
}

// For each part of the finer the part of the coarser that it lies in; nothing if one lies in two.
std::optional<std::vector<std::size_t>> within(const Breakdown& finer, const Breakdown& coarser) {
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    std::vector<std::size_t> out(finer.parts(), nowhere);
    for (std::size_t row = 0; row < finer.part.size(); ++row) {
        auto& there = out[finer.part[row]];
        if (there != nowhere && there != coarser.part[row]) return std::nullopt;
        there = coarser.part[row];
    }
    return out;
}

// Columns that cut people alike are one breakdown, told or hidden together.
void add_breakdown(std::vector<Breakdown>& all, Breakdown one) {
    for (auto& other : all) {
        if (one.parts() != other.parts()) continue;
        const auto same = within(one, other);
        if (!same) continue;
        auto& names = one.columns.front().name;
        auto ordered = names;
        for (std::size_t i = 0; i < names.size(); ++i) ordered[(*same)[i]] = names[i];
        names = std::move(ordered);
        other.columns.push_back(std::move(one.columns.front()));
        other.tells_outcome = other.tells_outcome || one.tells_outcome;
        return;
    }
    all.push_back(std::move(one));
}

std::vector<Breakdown> breakdowns_of(const Study& study) {
    const auto& plan = study.plan;
    std::vector<Breakdown> out;
    const auto add = [&](PartUse use, const std::string& column) {
        auto one = breakdown_by(study, use, column);
        if (one.parts() > 1) add_breakdown(out, std::move(one));
    };
    if (!plan.prison.empty()) add(PartUse::prison, plan.prison.text);
    for (const auto& one : plan.subgroups) add(PartUse::subgroup, one.text);
    for (const auto& one : plan.covariates) add(PartUse::covariate, one.text);
    if (!few_values(study.data.placebo).empty()) add(PartUse::placebo, plan.placebo.text);
    std::stable_sort(out.begin(), out.end(), [](const Breakdown& a, const Breakdown& b) {
        return a.parts() < b.parts();
    });
    return out;
}

using Amounts = std::vector<std::size_t>;

// What each value is above the least and below the greatest of them, in the step that all of them
// are apart by; nothing where there is no such step. How much a few have beyond all others is a
// count of few too.
std::vector<Amounts> steps_from_the_ends(const std::vector<double>& values) {
    const double step = common_step(values);
    if (!(step > 0)) return {};
    const auto [least, greatest] = std::ranges::minmax(values);
    std::vector<Amounts> out(2);
    for (const double value : values) {
        out[0].push_back(static_cast<std::size_t>(std::lround((value - least) / step)));
        out[1].push_back(static_cast<std::size_t>(std::lround((greatest - value) / step)));
    }
    return out;
}

// What is counted of those compared, as columns: of each group those of each kind of outcome (with
// and without; of a score with few values, each), and amounts that are told as sums or means.
struct CountedAs {
    std::vector<char> is_used;          // by row of the data
    std::size_t kinds = 1;
    Amounts kind;                       // by row; empty: all of one kind
    std::vector<Amounts> amounts;       // each by row

    std::size_t each(bool with_outcome) const {
        return with_outcome ? kinds + amounts.size() : 1;
    }
};

CountedAs counted_as(const Study& study) {
    CountedAs out;
    const auto& outcome = study.data.outcome;
    out.is_used.assign(study.data.table.rows, 0);
    for (const auto row : study.sample.rows) out.is_used[row] = 1;
    const auto had = had_outcome(study.plan, study.data);
    out.kind.assign(had.begin(), had.end());
    if (!had.empty()) out.kinds = 2;
    if (study.plan.outcome.kind == OutcomeKind::frequency) {
        out.amounts.emplace_back(outcome.begin(), outcome.end());
    } else if (study.plan.outcome.kind == OutcomeKind::score) {
        out.amounts = steps_from_the_ends(outcome);
        // With five values or more a mean and its error leave open how many have each.
        const auto values = few_values(outcome, 4);
        if (!values.empty()) out.kinds = values.size();
        for (std::size_t row = 0; !values.empty() && row < outcome.size(); ++row) {
            out.kind.push_back(static_cast<std::size_t>(
                std::ranges::lower_bound(values, outcome[row]) - values.begin()));
        }
    }
    return out;
}

void count_row(const Study& study, const CountedAs& as, std::size_t row, bool with_outcome,
               std::vector<std::size_t>& cells) {
    const auto each = as.each(with_outcome);
    cells.resize(2 * each);
    const auto begin = static_cast<std::size_t>(study.data.arm[row]) * each;
    ++cells[begin + (with_outcome && !as.kind.empty() ? as.kind[row] : 0)];
    for (std::size_t i = 0; with_outcome && i < as.amounts.size(); ++i)
        cells[begin + as.kinds + i] += as.amounts[i][row];
}

Counts cells_by_part(const Study& study, const CountedAs& as, const Breakdown& by) {
    Counts out(by.parts(), std::vector<std::size_t>(2 * as.each(by.tells_outcome)));
    for (const auto row : study.sample.rows)
        count_row(study, as, row, by.tells_outcome, out[by.part[row]]);
    return out;
}

// Of each group those who aren't compared.
Counts unmatched_by_part(const Study& study, const CountedAs& as, const Breakdown& by) {
    Counts out(by.parts(), std::vector<std::size_t>(2));
    for (std::size_t row = 0; row < by.part.size(); ++row) {
        if (!as.is_used[row]) ++out[by.part[row]][static_cast<std::size_t>(study.data.arm[row])];
    }
    return out;
}

// Under a coarser breakdown whose parts are told: each is the total of the finer parts in it.
std::vector<bool> hidden_within(const Counts& cells, const std::vector<std::size_t>& inside,
                                const std::vector<bool>& outer_hidden, std::size_t smallest) {
    std::vector<bool> out(cells.size());
    for (std::size_t outer = 0; outer < outer_hidden.size(); ++outer) {
        std::vector<std::size_t> parts;
        Counts own;
        for (std::size_t i = 0; i < inside.size(); ++i) {
            if (inside[i] != outer) continue;
            parts.push_back(i);
            own.push_back(cells[i]);
        }
        const auto hidden = outer_hidden[outer] ? std::vector<bool>(parts.size(), true)
                                                : hidden_rows(own, smallest);
        for (std::size_t i = 0; i < parts.size(); ++i) out[parts[i]] = hidden[i];
    }
    return out;
}

bool any_of(const std::vector<bool>& hidden) { return std::ranges::count(hidden, true) > 0; }

// What is hidden of a breakdown: coarser ones come first, and a finer one is guarded within the
// parts of the coarser that it lies in. One that lies in two that don't lie in each other is told
// whole or not at all. `outer_hidden` are those of the coarser ones.
std::vector<bool> hidden_of(const std::vector<Breakdown>& all, std::size_t at, const Counts& cells,
                            const std::vector<std::vector<bool>>& outer_hidden,
                            std::size_t smallest) {
    const auto& one = all[at];
    auto out = hidden_rows(cells, smallest);
    std::vector<std::size_t> outer;
    for (std::size_t k = 0; k < at; ++k) {
        if (within(one, all[k])) outer.push_back(k);
    }
    if (outer.empty()) return out;
    const auto nearest = outer.back();
    const bool is_chain = std::ranges::all_of(outer, [&](std::size_t k) {
        return within(all[nearest], all[k]).has_value();
    });
    if (is_chain)
        return hidden_within(cells, *within(one, all[nearest]), outer_hidden[nearest], smallest);
    const bool any = any_of(out) || std::ranges::any_of(outer, [&](std::size_t k) {
        return any_of(outer_hidden[k]);
    });
    return std::vector<bool>(one.parts(), any);
}

// Those compared first; whoever isn't compared is told where those who are are.
void hide_parts(std::vector<Breakdown>& all, const Study& study, std::size_t smallest) {
    const auto as = counted_as(study);
    std::vector<std::vector<bool>> used, unmatched;
    for (std::size_t i = 0; i < all.size(); ++i) {
        used.push_back(hidden_of(all, i, cells_by_part(study, as, all[i]), used, smallest));
        auto others = hidden_of(all, i, unmatched_by_part(study, as, all[i]), unmatched, smallest);
        for (std::size_t part = 0; part < others.size(); ++part)
            others[part] = others[part] || used[i][part];
        unmatched.push_back(std::move(others));
        all[i].hidden = used[i];
        all[i].hidden_unmatched = unmatched[i];
    }
}

// A sum of whole numbers is a count too: of three attempts among fifty people.
void hide_small_sums(const Study& study, Wall& wall, std::size_t smallest) {
    const auto as = counted_as(study);
    for (const auto& one : study.data.balanced) {
        if (one.is_binary) continue;
        for (const auto& amounts : steps_from_the_ends(one.values)) {
            std::size_t sums[4] = {};
            for (std::size_t row = 0; row < one.values.size(); ++row) {
                sums[2 * (as.is_used[row] != 0) + study.data.arm[row]] += amounts[row];
            }
            for (const int at : {0, 1, 2, 3}) {
                if (is_small_count(static_cast<double>(sums[at]), smallest))
                    wall.hide(at < 2 ? PartUse::unmatched : PartUse::covariate, one.of, part_mean);
            }
        }
    }
}

// Whether the groups, or those with or without the outcome in them, are too few.
void look_at_totals(const Study& study, Wall& wall, std::size_t smallest) {
    const auto as = counted_as(study);
    std::vector<std::size_t> cells, people;
    for (const auto row : study.sample.rows) {
        count_row(study, as, row, true, cells);
        count_row(study, as, row, false, people);
    }
    const auto small = [&](std::size_t count) {
        return is_small_count(static_cast<double>(count), smallest);
    };
    wall.groups_are_small = std::ranges::any_of(people, small);
    wall.totals_are_small = wall.groups_are_small || std::ranges::any_of(cells, small);
}

bool any_small(std::span<const double> counts, std::size_t smallest) {
    return std::ranges::any_of(counts, [&](double n) { return is_small_count(n, smallest); });
}

// How many pairs differ one way, the other way, or not; or who of them had the event first.
bool pairs_are_few(const Study& study, std::size_t smallest) {
    const auto had = had_outcome(study.plan, study.data);
    if (!study.matched || had.empty()) return false;
    double pairs[4] = {};
    if (study.plan.outcome.kind == OutcomeKind::time_to_first) {
        for (const int first : first_of_pairs(study)) pairs[first + 1] += 1;
        return any_small(pairs, smallest);
    }
    for (std::size_t i = 0; i + 1 < study.sample.rows.size(); i += 2) {
        pairs[2 * had[study.sample.rows[i]] + had[study.sample.rows[i + 1]]] += 1;
    }
    return any_small(pairs, smallest);
}

// What is told of scores before and after is their means, of the changes their error too: of two
// scores, and of up to four changes, these tell how many people have each. How much all have beyond
// the least may be a count of few as well.
bool few_have_a_score(const Study& study, std::size_t smallest) {
    std::vector<double> values[3];
    for (const auto row : study.sample.rows) {
        const double before = study.data.before[row], after = study.data.outcome[row];
        if (std::isnan(before) || std::isnan(after)) continue;
        values[0].push_back(before);
        values[1].push_back(after);
        values[2].push_back(after - before);
    }
    for (const auto& of : values) {
        for (const double one : few_values(of, &of == &values[2] ? 4 : 2)) {
            if (is_small_count(static_cast<double>(std::ranges::count(of, one)), smallest))
                return true;
        }
        for (const auto& amounts : steps_from_the_ends(of)) {
            const auto sum = std::accumulate(amounts.begin(), amounts.end(), std::size_t{0});
            if (is_small_count(static_cast<double>(sum), smallest)) return true;
        }
    }
    return false;
}

std::vector<PeopleLost> all_losses(const Study& study) {
    auto out = study.data.lost;
    if (!study.matched) return out;
    const auto unmatched = study.matched->unmatched;
    const auto left = study.data.table.rows - study.sample.rows.size() - unmatched;
    out.push_back({lost_unmatched, unmatched, unmatched, 0, false});
    out.push_back({lost_not_needed, left, 0, left, false});
    return out;
}

void look_at_people(const Study& study, Wall& wall, std::size_t smallest) {
    look_at_totals(study, wall, smallest);
    auto all = breakdowns_of(study);
    hide_parts(all, study, smallest);
    for (const auto& one : all) {
        for (const auto& [use, column, names] : one.columns) {
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (one.hidden[i]) wall.hide(use, column, names[i]);
                if (one.hidden_unmatched[i] && use == PartUse::covariate && study.matched)
                    wall.hide(PartUse::unmatched, column, names[i]);
            }
        }
    }
    hide_small_sums(study, wall, smallest);
    wall.pairs_are_small = pairs_are_few(study, smallest);
}

}  // namespace

std::vector<char> had_outcome(const Plan& plan, const StudyPeople& data) {
    std::vector<char> out;
    const auto outcome = outcome_of(plan, data);
    for (std::size_t row = 0; row < data.outcome.size(); ++row) {
        switch (plan.outcome.kind) {
            case OutcomeKind::rate: out.push_back(data.outcome[row] == 1); break;
            case OutcomeKind::frequency: out.push_back(data.outcome[row] > 0); break;
            case OutcomeKind::time_to_first:
                out.push_back(data.event[row] == 1 && data.outcome[row] <= outcome.horizon);
                break;
            case OutcomeKind::per_1000:
            case OutcomeKind::score:
            case OutcomeKind::level: return {};
        }
    }
    return out;
}

namespace {

bool shows_line(const Study& study, PartUse use, const Covariate& covariate) {
    if (covariate.name != covariate.of) {
        const auto part = covariate.name.substr(covariate.of.size() + 2);
        return !study.wall.is_hidden(use, covariate.of, part);
    }
    // A mean tells of all its values; and of the gaps, that were filled with it.
    return !study.wall.hides_any(use, covariate.of);
}

}  // namespace

bool few_pairs_differ(const Study& study, const Sample& sample) {
    const auto had = had_outcome(study.plan, study.data);
    if (study.plan.outcome.kind != OutcomeKind::rate || sample.cluster.empty()) return false;
    std::map<std::int32_t, std::vector<std::size_t>> people;
    for (std::size_t i = 0; i < sample.rows.size(); ++i)
        people[sample.cluster[i]].push_back(sample.rows[i]);
    double pairs[4] = {};
    for (const auto& [pair, rows] : people) {
        if (rows.size() != 2) continue;         // the other one isn't in this part
        const bool is_first = study.data.arm[rows[0]] != 0;
        pairs[2 * had[rows[is_first ? 0 : 1]] + had[rows[is_first ? 1 : 0]]] += 1;
    }
    return any_small(pairs, static_cast<std::size_t>(study.plan.smallest_cell));
}

bool shows_balance(const Study& study, const Covariate& covariate) {
    return shows_line(study, PartUse::covariate, covariate);
}

bool shows_before(const Study& study, const Covariate& covariate) {
    return shows_balance(study, covariate) && shows_line(study, PartUse::unmatched, covariate);
}

BalancePlaces balance_places(const Study& study, std::size_t covariate) {
    const auto& all = study.wall.balance_places;
    return all.empty() ? BalancePlaces{} : all[covariate];
}

double as_told(const Study& study, double value, int places) {
    if (!study.wall.hides || !std::isfinite(value)) return value;
    const double times = std::pow(10, places);
    return std::round(value * times) / times;
}

Wall wall_of(const Study& study) {
    Wall wall;
    const auto smallest = static_cast<std::size_t>(study.plan.smallest_cell);
    wall.flow = told_flow(study.data.in_file, all_losses(study), smallest);
    const bool of_people = study.units == 0 && !study.data.arm.empty();
    if (of_people) look_at_people(study, wall, smallest);
    if (study.plan.method.kind == MethodKind::before_after) {
        wall.groups_are_small = is_small_count(static_cast<double>(study.sample.rows.size()),
                                               smallest);
        wall.totals_are_small = wall.groups_are_small || few_have_a_score(study, smallest);
    }
    wall.flow.hides_all = wall.groups_are_small;
    wall.balance_places = places_of_balance(study, wall.flow);
    const bool is_coarse = study.plan.outcome.kind == OutcomeKind::time_to_first && smallest > 1;
    const bool hides_caliper = std::ranges::any_of(study.calipers, &StudyLine::is_hidden);
    wall.hides = wall.hides || wall.totals_are_small || wall.pairs_are_small || is_coarse ||
                 hides_caliper || wall.flow.hides_all || wall.flow.hides_any;
    return wall;
}

}  // namespace alongside::evidence
