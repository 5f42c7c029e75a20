// What a scene assumes of a year, each value with where it comes from.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/scene.h"

namespace alongside::simulate {

struct Assumption {
    double value = 0;
    std::string source;              // "default" marks our own inference
};

// By their place in the file: "demand.night_share", "demand.units.SIU".
class Assumptions {
public:
    // Strict: a missing or unknown value, one without a source or out of range is
    // std::invalid_argument with file, line and reason. A scene without demand has none.
    static Assumptions read(const Scene& scene);
    static bool are_of(const Scene& scene);          // whether it, or what it extends, has demand

    double operator[](std::string_view key) const;   // REQUIRES that the key is known
    void set(std::string_view key, double value);    // for a sweep
    const SchemeCode& scheme() const { return scheme_; }
    const std::map<std::string, Assumption, std::less<>>& all() const { return values_; }

private:
    void must_agree(const Scene& scene) const;

    SchemeCode scheme_;
    std::map<std::string, Assumption, std::less<>> values_;
};

}  // namespace alongside::simulate
