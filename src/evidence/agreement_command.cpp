// `evidence agreement FILE '~ first + second'`: do those who rated the same people agree?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/agreement.h"
#include "evidence/command.h"
#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

namespace json = boost::json;

struct AgreementOptions {
    std::string scale;                  // empty: as the columns look
    std::vector<std::string> levels;    // of words, in their order
};

struct Ratings {
    std::vector<std::string> raters, categories;
    Matrix values;                      // as written, or the category's place
    Matrix codes;                       // the category's place; empty if there are none
    RatingScale scale = RatingScale::nominal;
    bool are_numbers = true;
    std::size_t incomplete = 0;         // rows that somebody didn't rate
};

Fallible<std::vector<const Column*>> rating_columns(const Table& table,
                                                    const std::string& written) {
    const auto names = table.names();
    const auto formula = parse_formula(written, &names);
    if (!formula) return tl::make_unexpected(formula.error());
    std::vector<const Column*> columns;
    for (const Term& term : formula->terms) {
        if (term.variables.size() != 1 ||
            term.variables[0].kind != Expression::Kind::column)
            return trouble("Write the raters' columns as '~ first + second'.");
        const auto column = table.column(term.variables[0].name);
        if (!column) return tl::make_unexpected(column.error());
        if (!columns.empty() && columns[0]->is_number != (*column)->is_number)
            return trouble(fmt::format("{}: \"{}\" and \"{}\" are not both of numbers or both of "
                                       "words", table.file, columns[0]->name, (*column)->name));
        columns.push_back(*column);
    }
    if (!formula->response.empty() || columns.size() < 2)
        return trouble("Write the raters' columns, two or more, as '~ first + second'.");
    return columns;
}

Fallible<std::vector<std::string>> categories_of(const std::vector<const Column*>& columns,
                                                 const AgreementOptions& options) {
    std::vector<std::string> found;
    for (const Column* column : columns)
        found.insert(found.end(), column->words.begin(), column->words.end());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (options.levels.empty()) return found;
    for (const std::string& word : found)
        if (std::count(options.levels.begin(), options.levels.end(), word) != 1)
            return trouble(fmt::format("\"{}\" must be once among the --levels.", word));
    return options.levels;
}

// Numbers as categories: each that occurs, ascending.
void number_categories(Ratings& ratings) {
    std::vector<double> found;
    for (const double value : ratings.values.reshaped())
        if (!std::isnan(value)) found.push_back(value);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    const bool all_whole = std::all_of(found.begin(), found.end(),
                                       [](double v) { return v == std::floor(v); });
    constexpr std::size_t most_categories = 10, most_named = 200;
    ratings.scale = all_whole && found.size() <= most_categories ? RatingScale::ordinal
                                                                 : RatingScale::interval;
    if (found.size() > most_named) return;
    for (double value : found) ratings.categories.push_back(fmt::format("{:g}", value));
    ratings.codes = ratings.values.unaryExpr([&](double value) {
        return std::isnan(value)
                   ? missing
                   : static_cast<double>(std::lower_bound(found.begin(), found.end(), value) -
                                         found.begin());
    });
}

Fallible<Ratings> ratings_of(const Table& table, const std::string& written,
                             const AgreementOptions& options) {
    const auto columns = rating_columns(table, written);
    if (!columns) return tl::make_unexpected(columns.error());
    Ratings out;
    out.are_numbers = columns->front()->is_number;
    out.values.resize(static_cast<Eigen::Index>(table.rows),
                      static_cast<Eigen::Index>(columns->size()));
    auto categories = categories_of(*columns, options);
    if (!categories) return tl::make_unexpected(categories.error());
    for (std::size_t j = 0; j < columns->size(); ++j) {
        const Column& column = *(*columns)[j];
        out.raters.push_back(column.name);
        for (std::size_t i = 0; i < table.rows; ++i) {
            double value = missing;
            if (column.is_number) value = column.numbers[i];
            else if (column.codes[i] >= 0)
                value = static_cast<double>(
                    std::find(categories->begin(), categories->end(),
                              column.words[static_cast<std::size_t>(column.codes[i])]) -
                    categories->begin());
            out.values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = value;
        }
    }
    for (Eigen::Index i = 0; i < out.values.rows(); ++i)
        out.incomplete += out.values.row(i).hasNaN() ? 1 : 0;
    if (out.are_numbers) number_categories(out);
    else {
        out.codes = out.values;
        out.categories = std::move(*categories);
        out.scale = options.levels.empty() ? RatingScale::nominal : RatingScale::ordinal;
    }
    return out;
}

std::optional<Trouble> choose_scale(Ratings& ratings, const std::string& asked) {
    if (asked == "nominal") ratings.scale = RatingScale::nominal;
    if (asked == "ordinal") ratings.scale = RatingScale::ordinal;
    if (asked == "interval") ratings.scale = RatingScale::interval;
    if (asked == "ratio") ratings.scale = RatingScale::ratio;
    const bool measures =
        ratings.scale == RatingScale::interval || ratings.scale == RatingScale::ratio;
    if (measures && !ratings.are_numbers)
        return Trouble{"Words are on a nominal or an ordinal scale."};
    if (!measures && ratings.codes.size() == 0 && ratings.values.rows() > 0)
        return Trouble{"There are more than 200 different values: take --scale interval."};
    if (ratings.scale == RatingScale::ratio && (ratings.values.array() < 0).any())
        return Trouble{"A ratio scale has no negative values."};
    return std::nullopt;
}

const char* scale_name(RatingScale scale) {
    switch (scale) {
        case RatingScale::nominal: return "nominal";
        case RatingScale::ordinal: return "ordinal";
        case RatingScale::interval: return "interval";
        case RatingScale::ratio: return "ratio";
    }
    return "";
}

json::object agreement_interval_json(const Interval& i) {
    return {{"value", number(i.value)}, {"se", number(i.se)}, {"lower", number(i.lower)},
            {"upper", number(i.upper)}};
}

// One line of the table, and the same as JSON.
class AgreementLines {
public:
    explicit AgreementLines(json::object& into) : json_(into) {
        table_.heads = {"Estimate", "Std. Err.", "lower", "upper", "p"};
    }
    void add(const std::string& shown, const Interval& i, double p) {
        const auto cell = [](double v) { return fixed_or_dot(v, 4); };
        table_.rows.push_back({shown, cell(i.value), cell(i.se), cell(i.lower), cell(i.upper),
                               std::isnan(p) ? "." : printed_p(p)});
    }
    json::object& json() { return json_; }
    std::string text() const { return table_.text(); }

private:
    json::object& json_;
    PrintedTable table_;
};

void add_kappa(AgreementLines& lines, const Ratings& r, KappaWeights weights, const char* key,
               const char* shown, double level) {
    const Kappa k = cohen_kappa(r.codes, static_cast<int>(std::max<std::size_t>(
                                             1, r.categories.size())), weights, level);
    json::object one = agreement_interval_json(k.kappa);
    one["units"] = k.units;
    one["observed"] = number(k.observed);
    one["expected"] = number(k.expected);
    one["se0"] = number(k.se0);
    one["z"] = number(k.z);
    one["p"] = number(k.p);
    if (weights == KappaWeights::none) {
        one["largest"] = number(k.largest);
        one["in_words"] = in_words_of_landis_koch(k.kappa.value);
    }
    lines.json()[key] = std::move(one);
    lines.add(shown, k.kappa, k.p);
}

void add_categories(AgreementLines& lines, const Ratings& r, double level) {
    const PercentAgreement p = percent_agreement(r.codes, level);
    json::object percent = agreement_interval_json(p.all);
    percent["units"] = p.units;
    percent["all_agree"] = p.all_agree;
    percent["pairwise"] = number(p.pairwise);
    lines.json()["agreement"] = std::move(percent);
    lines.add("Share that agree", p.all, missing);
    const bool ordered = r.scale != RatingScale::nominal;
    if (r.raters.size() == 2) {
        add_kappa(lines, r, KappaWeights::none, "kappa", "Cohen's kappa", level);
        if (ordered) {
            add_kappa(lines, r, KappaWeights::linear, "kappa_linear", "  weighted linearly",
                      level);
            add_kappa(lines, r, KappaWeights::quadratic, "kappa_quadratic",
                      "  weighted by squares", level);
        }
    }
    const FleissKappa f = fleiss_kappa(
        r.codes, static_cast<int>(std::max<std::size_t>(1, r.categories.size())), level);
    json::object fleiss = agreement_interval_json(f.kappa);
    json::object of;
    for (std::size_t c = 0; c < f.of_category.size(); ++c)
        of[r.categories[c]] = number(f.of_category[c]);
    fleiss["units"] = f.units;
    fleiss["se0"] = number(f.se0);
    fleiss["z"] = number(f.z);
    fleiss["p"] = number(f.p);
    fleiss["categories"] = std::move(of);
    lines.json()["fleiss"] = std::move(fleiss);
    lines.add("Fleiss's kappa", f.kappa, f.p);
}

void add_measures(AgreementLines& lines, const Ratings& r, double level) {
    const IntraClasses icc = intraclass_correlations(r.values, level);
    json::array of;
    for (const IntraClass& one : icc.lines) {
        json::object line = agreement_interval_json(one.icc);
        line.erase("se");
        line["name"] = one.name;
        line["f"] = number(one.f);
        line["df1"] = number(one.df1);
        line["df2"] = number(one.df2);
        line["p"] = number(one.p);
        of.push_back(std::move(line));
        lines.add(one.name, one.icc, one.p);
    }
    lines.json()["icc"] = std::move(of);
    if (r.raters.size() != 2) return;
    const LimitsOfAgreement l = limits_of_agreement(r.values, level);
    lines.json()["bland_altman"] = {{"units", l.units},
                                    {"bias", agreement_interval_json(l.bias)},
                                    {"low", agreement_interval_json(l.low)},
                                    {"high", agreement_interval_json(l.high)},
                                    {"sd", number(l.sd)},
                                    {"slope", number(l.slope)},
                                    {"slope_p", number(l.slope_p)}};
    lines.add("Mean difference", l.bias, missing);
    lines.add("  lower limit", l.low, missing);
    lines.add("  upper limit", l.high, missing);
}

Fallible<Output> run_agreement(const CommonOptions& common, const Table& table,
                               const AgreementOptions& options) {
    auto ratings = ratings_of(table, common.formula, options);
    if (!ratings) return tl::make_unexpected(std::move(ratings.error()));
    if (auto wrong = choose_scale(*ratings, options.scale))
        return tl::make_unexpected(std::move(*wrong));
    const KrippendorffAlpha alpha =
        krippendorff_alpha(ratings->values, ratings->scale, common.level);
    if (alpha.units == 0)
        return trouble(table.file + ": nobody was rated by two raters, so none can agree.");
    Output out;
    out.json = {{"n", table.rows},
                {"raters", json::value_from(ratings->raters)},
                {"scale", scale_name(ratings->scale)},
                {"incomplete", ratings->incomplete}};
    AgreementLines lines(out.json);
    const bool measures =
        ratings->scale == RatingScale::interval || ratings->scale == RatingScale::ratio;
    if (!measures) {
        out.json["categories"] = json::value_from(ratings->categories);
        add_categories(lines, *ratings, common.level);
    }
    if (ratings->are_numbers && ratings->scale != RatingScale::nominal)
        add_measures(lines, *ratings, common.level);
    json::object krippendorff = agreement_interval_json(alpha.alpha);
    krippendorff["units"] = alpha.units;
    krippendorff["ratings"] = alpha.ratings;
    krippendorff["observed"] = number(alpha.observed);
    krippendorff["expected"] = number(alpha.expected);
    out.json["krippendorff"] = std::move(krippendorff);
    lines.add("Krippendorff's alpha", alpha.alpha, missing);
    out.text = fmt::format("{} rated by {} on a scale that is {}\n", table.rows,
                           fmt::join(ratings->raters, ", "), scale_name(ratings->scale));
    if (ratings->incomplete > 0)
        out.text += fmt::format("({} rows that somebody did not rate only count in Krippendorff's "
                                "alpha, if two did)\n", ratings->incomplete);
    out.text += '\n' + lines.text();
    if (std::isnan(alpha.alpha.value))
        out.warnings.push_back("All ratings are the same: there is nothing to tell agreement "
                               "from chance by.");
    return out;
}

}  // namespace

void add_agreement(Command& evidence, const Desk& desk) {
    auto options = std::make_shared<AgreementOptions>();
    Command* command = add_command(
        evidence, desk, "agreement", "Do raters agree? '~ first + second + …', one column each",
        takes_formula, [options](const CommonOptions& common, const Table& table) {
            return run_agreement(common, table, *options);
        });
    command
        ->add_option("--scale", options->scale,
                     "Of the ratings; otherwise words are nominal, few whole numbers ordinal, "
                     "other numbers interval")
        ->one_of({"nominal", "ordinal", "interval", "ratio"});
    command->add_option("--levels", options->levels, "Words in their order, as low,middle,high")
        ->delimiter(',');
}

}  // namespace alongside::evidence
