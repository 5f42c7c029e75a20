#include "web/routes.h"

#include "base/ensure.h"
#include "web/parse.h"

namespace alongside::web {
namespace {

// Takes the first segment off "a/b/c".
std::string_view take_segment(std::string_view& rest) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return segment;
}

bool is_capture(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

bool Routes::Node::is_end() const {
    for (const auto route : routes) {
        if (route) return true;
    }
    return false;
}

Routes::Routes(bool is_demo) : is_demo_(is_demo), nodes_(1) {}

void Routes::add(Route route) {
    ENSURE(route.pattern.starts_with('/'));
    if (route.permission == Permission::demo_only && !is_demo_) return;
    std::size_t at = 0;
    std::string_view rest = route.pattern.substr(1);
    while (!rest.empty()) {
        const auto segment = take_segment(rest);
        ENSURE(!segment.empty());
        std::size_t next = 0;
        if (is_capture(segment)) {
            next = nodes_[at].capture;
        } else {
            for (const auto& [literal, node] : nodes_[at].literals) {
                if (literal == segment) next = node;
            }
        }
        if (next == 0) {
            next = nodes_.size();
            nodes_.emplace_back();
            if (is_capture(segment)) nodes_[at].capture = next;
            else nodes_[at].literals.emplace_back(segment, next);
        }
        at = next;
    }
    auto& place = nodes_[at].routes[static_cast<std::size_t>(route.method)];
    ENSURE(place == 0 && "two routes with one method and pattern");
    all_.push_back(std::move(route));
    place = all_.size();
}

void Routes::add(std::vector<Route> routes) {
    for (auto& route : routes) add(std::move(route));
}

// A path of the right method is preferred; else the first that any method has.
const Routes::Node* Routes::walk(std::size_t at, std::string_view rest, Method method,
                                 std::vector<std::string_view>& captured) const {
    const Node& node = nodes_[at];
    if (rest.empty()) return node.is_end() ? &node : nullptr;
    const auto whole = rest;
    const auto segment = take_segment(rest);
    // "/board/" is not "/board": a slash at the end leaves an empty segment.
    if (segment.empty() || (rest.empty() && whole.ends_with('/'))) return nullptr;
    const Node* other = nullptr;
    const auto fits = [&](const Node* found) {
        return found && found->routes[static_cast<std::size_t>(method)] != 0;
    };
    for (const auto& [literal, next] : node.literals) {
        if (literal != segment) continue;
        const Node* found = walk(next, rest, method, captured);
        if (fits(found)) return found;
        other = found;
    }
    if (node.capture) {
        const auto kept = captured.size();
        captured.push_back(segment);
        const Node* found = walk(node.capture, rest, method, captured);
        if (fits(found)) return found;
        captured.resize(kept);
        if (!other) other = found;
    }
    return other;
}

Routes::Match Routes::find(Method method, std::string_view path) const {
    Match match;
    if (!path.starts_with('/')) return match;
    std::vector<std::string_view> captured;
    const Node* node = walk(0, path.substr(1), method, captured);
    if (!node) return match;
    const auto index = node->routes[static_cast<std::size_t>(method)];
    if (index == 0) {
        match.wrong_method = true;
        for (std::size_t i = 0; i < node->routes.size(); ++i) {
            if (node->routes[i]) match.allowed.push_back(static_cast<Method>(i));
        }
        return match;
    }
    match.route = &all_[index - 1];
    std::string_view pattern = match.route->pattern.substr(1);
    std::size_t next = 0;
    while (!pattern.empty()) {
        const auto segment = take_segment(pattern);
        if (!is_capture(segment)) continue;
        auto value = percent_decoded(captured[next++]);
        if (!value) return Match{};
        match.captures.emplace_back(segment.substr(1, segment.size() - 2), std::move(*value));
    }
    return match;
}

}  // namespace alongside::web
