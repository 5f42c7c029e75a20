// The whole report of a study: its first page, how sure it is, costs, methods, plan.
#include "evidence/study_report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

Report::Tone tone_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::better: return Report::Tone::better;
        case Verdict::worse: return Report::Tone::worse;
        case Verdict::probably_better:
        case Verdict::probably_worse: return Report::Tone::unsure;
        case Verdict::no_matter: return Report::Tone::same;
        case Verdict::cannot_tell:
        case Verdict::too_few: return Report::Tone::unsure;
    }
    return Report::Tone::unsure;
}

const char* verdict_code(Verdict verdict) {
    switch (verdict) {
        case Verdict::better: return "better";
        case Verdict::probably_better: return "probably_better";
        case Verdict::worse: return "worse";
        case Verdict::probably_worse: return "probably_worse";
        case Verdict::no_matter: return "no_worthwhile_difference";
        case Verdict::cannot_tell: return "cannot_tell";
        case Verdict::too_few: return "too_few";
    }
    return "";
}

boost::json::value json_number(double value) {
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    return value;
}

boost::json::object finding_json(const Study& study, const Finding& found) {
    if (!found.doubt.empty()) return {{"cannot_be_told", found.doubt}};
    const char* scale = found.scale == Finding::Scale::per_100 ? "difference_per_100"
                        : found.scale == Finding::Scale::ratio ? "ratio"
                                                               : "difference";
    const auto told = [&](double value, int places) {
        return json_number(as_told(study, value, places));
    };
    const int places = places_of(found);
    // As the page's: a very small one isn't none.
    const auto chance = ReportCell::chance(found.p);
    const double p = as_told(study, found.p, chance.places);
    return {{"scale", scale},
            {"value", told(found.value, places)},
            {"lower", told(found.lower, places)},
            {"upper", told(found.upper, places)},
            {"se", told(found.se, places)},
            {"p", json_number(p)}};
}

// Each step's losses, of each group where that is told; and how far the groups' losses differ.
boost::json::value losses_json(const Study& study) {
    const auto& flow = study.wall.flow;
    if (flow.hides_all) return hidden_text;
    const auto told = [](std::size_t count, bool is_told) {
        return is_told ? boost::json::value(count) : boost::json::value(hidden_text);
    };
    const bool has_groups = study.has_groups && study.units == 0;
    boost::json::array out;
    for (const auto& step : flow.lost) {
        boost::json::object one{{"why", step.why},
                                {"lost", told(step.lost, !flow.hides_start || step.lost == 0)}};
        if (has_groups) {
            one["programme"] = told(step.programme, step.shows_groups);
            one["comparison"] = told(step.other, step.shows_groups);
        }
        out.push_back(std::move(one));
    }
    return out;
}

boost::json::value attrition_json(const Study& study) {
    const auto found = attrition_of(study);
    if (!found) return nullptr;
    const auto part = [&](double value) {
        return found->is_told ? json_number(as_told(study, value, 1))
                              : boost::json::value(hidden_text);
    };
    return {{"overall", part(found->overall)},
            {"programme", part(found->programme)},
            {"comparison", part(found->other)},
            {"differential", part(found->differential)},
            {"differential_at_most", json_number(as_told(study, found->differential, 1))},
            {"allowed", found->allowed},
            {"is_too_much", found->is_too_much()}};
}

// As it is told: of ratios in per cent.
double least_findable_in_words(const Study& study) {
    const bool is_ratio = study.main.scale == Finding::Scale::ratio;
    return is_ratio ? (1 - std::exp(-study.least_findable)) * 100 : study.least_findable;
}

std::string unit_of_size(const Study& study) {
    switch (study.main.scale) {
        case Finding::Scale::per_100: return "of 100 people";
        case Finding::Scale::ratio: return "per cent";
        case Finding::Scale::points: break;
    }
    return unit_of(study.plan);
}

std::string answer_of(const Study& study) {
    return plain_sentence(study.plan, study.main) + only_probable_words(study);
}

boost::json::object json_of(const Study& study, const std::string& version) {
    boost::json::array files, changes, cautions;
    for (const auto& file : study.data.files) {
        files.push_back(boost::json::object{{"name", file.name}, {"hash", file.hash}});
    }
    for (const auto& change : study.changes) {
        changes.push_back(boost::json::object{
            {"key", change.key}, {"locked", change.locked}, {"today", change.today}});
    }
    for (const auto& caution : cautions_of(study)) cautions.emplace_back(caution);
    boost::json::object out{{"question", study.plan.question},
                            {"verdict", verdict_code(study.verdict)},
                            {"answer", answer_of(study)},
                            {"effect", finding_json(study, study.main)}};
    if (study.hazard_ratio && study.verdict != Verdict::too_few) {
        out["hazard_ratio"] = finding_json(study, *study.hazard_ratio);
    }
    if (study.adjusted_hazard_ratio && study.verdict != Verdict::too_few) {
        out["adjusted_hazard_ratio"] = finding_json(study, *study.adjusted_hazard_ratio);
    }
    if (study.adjusted.n_programme > 0 && study.verdict != Verdict::too_few) {
        out["adjusted"] = finding_json(study, study.adjusted);
    }
    const bool is_told = study.verdict != Verdict::too_few;
    const auto told = [&](double value) {
        return is_told ? json_number(as_told(study, value, 2)) : "NA";
    };
    out["least_findable"] = told(least_findable_in_words(study));
    out["least_findable_unit"] = unit_of_size(study);
    out["still_needed"] = told(study.still_needed);
    out["small_counts_hidden"] = study.wall.hides;
    out["losses"] = losses_json(study);
    out["attrition"] = attrition_json(study);
    out["cautions"] = std::move(cautions);
    out["plan"] = {{"hash", study.hash_now},
                   {"locked_hash", study.lock.hash},
                   {"locked_at", study.lock.locked_at},
                   {"changes", std::move(changes)}};
    if (study.ledger) {
        out["plan"].as_object()["ledger"] = ledger_json(study.ledger);
    }
    out["files"] = std::move(files);
    out["software"] = {{"name", "Alongside"}, {"version", version}};
    return out;
}

ReportTable findings_table(std::string id, std::string caption, const std::string& head,
                           const std::vector<StudyLine>& lines) {
    ReportTable out{std::move(id), std::move(caption), {head, "Estimate", "From", "To"}, {}, ""};
    for (const auto& line : lines) {
        if (line.is_hidden) {
            out.rows.push_back({ReportCell::words(line.name), ReportCell::hidden(),
                                ReportCell::hidden(), ReportCell::hidden()});
            continue;
        }
        if (!line.finding.doubt.empty()) {
            out.rows.push_back(
                {ReportCell::words(line.name), ReportCell::words("can\u2019t be told")});
            continue;
        }
        out.rows.push_back({ReportCell::words(line.name), ReportCell::number(line.finding.value, 2),
                            ReportCell::number(line.finding.lower, 2),
                            ReportCell::number(line.finding.upper, 2)});
    }
    return out;
}

void say_power(const Study& study, ReportSection& out) {
    const auto& plan = study.plan;
    out.blocks.push_back(ReportHeading{"What this study could have found"});
    const double least = least_findable_in_words(study);
    const bool is_fine = study.least_findable <= worthwhile_on_scale(plan, study.main.scale);
    out.say(
        fmt::format("With a chance of {:g}%, a study of this size finds an effect of {} or more. "
                    "The plan called {} worthwhile: this study is {} for that.",
                    plan.power * 100, size_words(plan, study.main.scale, least),
                    size_words(plan, study.main.scale, plan.smallest_worthwhile),
                    is_fine ? "large enough" : "too small"));
}

void say_bias(const Study& study, ReportSection& out) {
    if (!study.e_value && !study.bounds && !study.wall.pairs_are_small) return;
    out.blocks.push_back(ReportHeading{"If something that was not measured is the reason"});
    if (study.e_value) {
        out.say(fmt::format("To explain the estimate away, something not measured would have to go "
                            "with both the programme and the outcome by a risk ratio of {} each "
                            "(E-value); to make the interval hold no difference, {}{}",
                            fixed(study.e_value->of_value, 2), fixed(study.e_value->of_limit, 2),
                            study.e_value->of_limit <= 1 ? " (it holds it already)." : "."));
    }
    if (study.wall.pairs_are_small) {
        out.say("How much hidden bias the finding could stand isn\u2019t told: it would show in "
                "how few pairs the two differ.");
    }
    if (study.bounds) {
        ReportTable table{"bounds", "Rosenbaum\u2019s bounds (" + study.bounds->test + ")",
                          {"Hidden bias, up to", "Least p", "Greatest p"}, {}, ""};
        for (const auto& one : study.bounds->bounds) {
            table.rows.push_back(
                {ReportCell::words(one.gamma == 1 ? "none" : fmt::format("{:g} times", one.gamma)),
                 ReportCell::chance(one.p_lower), ReportCell::chance(one.p_upper)});
        }
        table.note = study.bounds->gamma_limit > 1
                         ? fmt::format("One-sided. The finding stands until one of two matched "
                                       "people could be {} times as likely to have joined.",
                                       fixed(study.bounds->gamma_limit, 2))
                         : "One-sided. Even without hidden bias this test finds nothing.";
        out.blocks.push_back(std::move(table));
    }
}

void say_placebo(const Study& study, ReportSection& out) {
    if (study.wall.hides_any(PartUse::placebo, study.plan.placebo.text)) {
        out.blocks.push_back(ReportHeading{"An outcome that can\u2019t have changed"});
        out.say(fmt::format("What happened to \u201c{}\u201d isn\u2019t told: it would show a "
                            "small count.", study.plan.placebo.text));
    }
    if (!study.placebo) return;
    const auto& found = *study.placebo;
    out.blocks.push_back(ReportHeading{"An outcome that can\u2019t have changed"});
    out.say(
        fmt::format("The programme can\u2019t have changed \u201c{}\u201d. The same method finds "
                    "there: {}. {}",
                    study.plan.placebo.text, with_interval(found),
                    !study.placebo_differs() ? "That is as it should be: no difference."
                             : "There should be no difference; that there is one casts doubt on "
                               "the comparison."));
}

void put_cautions(const Study& study, ReportSection& out) {
    for (const auto& caution : cautions_of(study)) out.say(caution, ReportWords::Kind::caution);
}

ReportTable plan_table(const Study& study) {
    ReportTable out{"plan", "The plan, as it was carried out", {"Key", "Value"}, {}, ""};
    for (const auto& line : study.plan.canonical) {
        const auto at = line.find(" = ");
        out.rows.push_back({ReportCell::words(line.substr(0, at)),
                            ReportCell::words(at == std::string::npos ? "" : line.substr(at + 3))});
    }
    return out;
}

std::vector<std::string> change_lines(const Study& study) {
    std::vector<std::string> out;
    if (study.changes.empty()) return out;
    const auto shown = [](const std::string& text) { return text.empty() ? "nothing" : text; };
    for (const auto& change : study.changes) {
        out.push_back(fmt::format("{}: locked as {}, now {}", change.key, shown(change.locked),
                                  shown(change.today)));
    }
    out.push_back("Hash when it was locked: " + study.lock.hash);
    out.push_back("Hash now: " + study.hash_now);
    return out;
}

void put_facts(const Study& study, const std::string& today, Report& out) {
    const auto& plan = study.plan;
    out.facts.emplace_back("Keep in mind", short_caution(study));
    if (study.verdict != Verdict::too_few) {
        out.facts.emplace_back("Effect", with_interval(study.main) + ", " +
                                             p_words(study.main.p) + " (" +
                                             scale_words(plan, study.main.scale) + ")");
    }
    if (study.has_groups && study.units == 0 && !study.wall.groups_are_small) {
        out.facts.emplace_back(
            "People compared",
            fmt::format("{} with {}, {} with {}",
                        with_commas(static_cast<long long>(study.main.n_programme)),
                        plan.comparison.programme_name,
                        with_commas(static_cast<long long>(study.main.n_other)),
                        plan.comparison.other_name));
    }
    out.facts.emplace_back("Method", plan_word(plan.method.kind));
    out.facts.emplace_back("Plan", fmt::format("{}, locked {}, {}", plan.file,
                                               study.lock.locked_at.substr(0, 10),
                                               study.changes.empty() ? "unchanged since"
                                                                     : "CHANGED since"));
    out.facts.emplace_back("Hash of the locked plan", ledger_words(study));
    out.facts.emplace_back("Report made", today);
}

std::string since_lock(const Study& study, const StudyFile& file) {
    const auto before = locked_hash_of(study.lock, file.name);
    return !before ? "the lock has no hash of it" : *before == file.hash ? "unchanged" : "CHANGED";
}

ReportTable files_table(const Study& study) {
    ReportTable out{"files", "The files", {"File", "Rows", "Since the lock", "Hash (BLAKE2b)"}, {},
                    ""};
    const auto& flow = study.wall.flow;
    for (const auto& file : study.data.files) {
        // The outcomes' file has fewer rows than the people's by those without an outcome.
        const bool is_second = &file != &study.data.files.front();
        const bool hides = flow.hides_all || flow.hides_start || (is_second && flow.hides_any);
        out.rows.push_back({ReportCell::words(file.name),
                            hides ? ReportCell::hidden() : ReportCell::count(file.rows),
                            ReportCell::words(since_lock(study, file)),
                            ReportCell::words(file.hash)});
    }
    return out;
}

}  // namespace

ReportSection certainty_section(const Study& study) {
    ReportSection out{"certainty", "How sure is it?", {}};
    say_power(study, out);
    say_bias(study, out);
    say_placebo(study, out);
    if (!study.calipers.empty()) {
        out.blocks.push_back(findings_table("calipers", "With other calipers", "Caliper",
                                            study.calipers));
    }
    if (!study.leave_one_out.empty()) {
        out.blocks.push_back(findings_table("leave-one-out", "With one prison left out", "Prison",
                                            study.leave_one_out));
    }
    if (study.trends_apart_p) {
        out.say(fmt::format("Before the start the groups\u2019 trends {} ({}).",
                            *study.trends_apart_p < 0.1 ? "drifted apart"
                                                        : "can\u2019t be told apart",
                            p_words(*study.trends_apart_p)));
    }
    return out;
}

Report report_of(const Study& study, const std::string& version, const std::string& today) {
    Report out;
    out.title = study.plan.title;
    out.question = study.plan.question;
    out.made = today;
    out.verdict = verdict_words(study.plan, study.verdict);
    out.answer = answer_of(study);
    out.tone = tone_of(study.verdict);
    out.changes = change_lines(study);
    put_facts(study, today, out);
    const bool is_told = study.verdict != Verdict::too_few;
    out.sections.push_back(outcome_section(study));
    ReportSection cautions{"cautions", "Cautions", {}};
    put_cautions(study, cautions);
    out.sections.push_back(std::move(cautions));
    out.sections.push_back(people_section(study));
    if (!study.balance.empty() && !study.wall.groups_are_small)
        out.sections.push_back(balance_section(study));
    if (is_told && !study.subgroups.empty()) out.sections.push_back(subgroup_section(study));
    if (is_told && study.funnel) out.sections.push_back(prison_section(study));
    if (is_told) out.sections.push_back(certainty_section(study));
    if (is_told && study.plan.cost) out.sections.push_back(cost_section(study));
    ReportSection methods{"methods", "Methods", {}};
    methods.say(methods_paragraph(study, version));
    methods.blocks.push_back(files_table(study));
    methods.blocks.push_back(plan_table(study));
    out.sections.push_back(std::move(methods));
    out.foot = fmt::format("Alongside {}. Plan {}, hash {}. {}", version, study.plan.file,
                           study.hash_now, short_caution(study));
    out.json = json_of(study, version);
    out.is_rounded = study.wall.hides;
    return out;
}

}  // namespace alongside::evidence
