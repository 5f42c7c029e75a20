// What a benchmark found, each figure beside its limit.
#pragma once

#include <time.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace alongside::bench {

// Prints one line a figure; remembers whether one fell short.
class Figures {
public:
    void at_most(std::string_view what, double found, std::string_view unit, double limit);
    void at_least(std::string_view what, double found, std::string_view unit, double limit);
    // Without a limit of its own.
    void beside(std::string_view what, double found, std::string_view unit) const;
    // What the program exits with: 1 where a figure fell short.
    int exit_code() const { return fell_short_ ? 1 : 0; }

private:
    void line(std::string_view what, double found, std::string_view unit, std::string_view which,
              double limit, bool is_kept);
    bool fell_short_ = false;
};

// REQUIRES values. `share` 0.5 is the median, 0.99 the p99, 1 the worst.
inline double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(share * last + 0.5)];
}
inline double median(const std::vector<double>& values) { return percentile(values, 0.5); }

class Stopwatch {
public:
    double ms() const {
        return std::chrono::duration<double, std::milli>(Moment::clock::now() - from_).count();
    }

    // What this thread had of a processor, whoever else ran meanwhile.
    double processor_ms() const { return thread_ms() - thread_from_; }

private:
    static double thread_ms() {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }
    using Moment = std::chrono::steady_clock::time_point;
    Moment from_ = Moment::clock::now();
    double thread_from_ = thread_ms();
};

// What main() is for a benchmark of one database: its address is the one argument; 2 for trouble.
int on_database(int argc, char** argv, int (*run)(const std::string& address));

}  // namespace alongside::bench
