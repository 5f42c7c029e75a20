#include "simulate/runs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <stdexcept>
#include <thread>

namespace alongside::simulate {
namespace {

double number_from(const boost::json::value& value) {
    return value.is_null() ? std::nan("") : value.to_number<double>();
}

YearReport report_from(const boost::json::object& json) {
    YearReport out;
    out.requests = json.at("requests").to_number<std::int64_t>();
    out.fill = number_from(json.at("fill"));
    out.wait_median_minutes = number_from(json.at("wait_median_minutes"));
    out.wait_p90_minutes = number_from(json.at("wait_p90_minutes"));
    out.night_denial = number_from(json.at("night_denial"));
    out.concentration = number_from(json.at("concentration"));
    out.max_peer_hours_per_week = number_from(json.at("max_peer_hours_per_week"));
    out.rest_broken = json.at("rest_broken").to_number<std::int64_t>();
    out.debriefs_late = json.at("debriefs_late").to_number<std::int64_t>();
    out.invariant_violations = json.at("invariant_violations").to_number<std::int64_t>();
    out.ledger_entries = json.at("ledger_entries").to_number<std::int64_t>();
    out.seconds = number_from(json.at("seconds"));
    out.day = boost::json::value_to<Answered>(json.at("day"));
    out.night = boost::json::value_to<Answered>(json.at("night"));
    return out;
}

// A year in a process of its own, since the rooms know one prison's listeners at a time.
struct Running {
    pid_t child;
    int pipe;
    std::size_t number;
};

Running start(const Run& run, std::size_t number) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe for a year");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process for a year");
    if (child > 0) {
        close(ends[1]);
        return {child, ends[0], number};
    }
    close(ends[0]);
    int code = 1;
    try {
        auto options = run.options;
        options.checks_every_step = false;
        const auto report = simulate_year(run.scene, run.assume, options);
        auto told = to_json(report);
        told["day"] = boost::json::value_from(report.day);
        told["night"] = boost::json::value_from(report.night);
        const auto text = boost::json::serialize(told);
        code = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0
                                                                                             : 1;
    } catch (const std::exception&) {
        code = 1;
    }
    _exit(code);
}

YearReport finish(const Running& running) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(running.pipe, buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    close(running.pipe);
    int status = 0;
    waitpid(running.child, &status, 0);
    if (status != 0) throw std::runtime_error("a simulated year ended early");
    return report_from(boost::json::parse(text).as_object());
}

}  // namespace

std::vector<YearReport> run_years(std::size_t count, const std::function<Run(std::size_t)>& make,
                                  const std::function<void(int, int)>& done) {
    std::vector<YearReport> out(count);
    const std::size_t at_once = std::max(1u, std::thread::hardware_concurrency());
    std::vector<Running> running;
    std::size_t next = 0;
    for (std::size_t finished = 0; finished < count;) {
        while (next < count && running.size() < at_once) {
            running.push_back(start(make(next), next));
            ++next;
        }
        const Running first = running.front();
        running.erase(running.begin());
        out[first.number] = finish(first);
        done(static_cast<int>(++finished), static_cast<int>(count));
    }
    return out;
}

}  // namespace alongside::simulate
