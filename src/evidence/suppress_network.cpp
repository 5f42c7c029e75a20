#include "evidence/suppress_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace alongside::evidence {

namespace {

constexpr double no_way = std::numeric_limits<double>::infinity();
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

struct Step {
    double price = no_way;
    std::int64_t room = 0;
};

// One unit more along an arc (or back): first what this very change undid is taken back, for its
// price; then fresh ground is paid for.
Step step_along(const SumsNetwork::Room& room, std::int64_t flow, bool is_forward) {
    if (is_forward && flow < 0) return {-room.price, -flow};
    if (!is_forward && flow > 0) return {-room.price, flow};
    if (std::isinf(room.price)) return {};
    if (is_forward) return {room.price, no_end};
    return {room.price, room.down + flow};
}

}  // namespace

// The row a leaf sums up to is one sum; each column (and the total) of a row with children is one.
// A row with children needs no sum of its own: it follows from theirs. So each cell stands in two
// sums. In the second breakdown all arcs are turned round, since everybody's row is where the two
// meet.
SumsNetwork::SumsNetwork(const CountTable& table) {
    const std::size_t width = table.width();
    int nodes = 0;
    std::vector<std::vector<int>> below(table.rows.size() + 1, std::vector<int>(width, -1));
    // `below[r]`: the sums that give row r; everybody's second breakdown is kept after the last.
    const auto sums_under = [&](std::size_t parent, int breakdown) -> std::vector<int>& {
        return below[parent == 0 && breakdown == 1 ? table.rows.size() : parent];
    };
    for (std::size_t row = 1; row < table.rows.size(); ++row) {
        auto& sums = sums_under(static_cast<std::size_t>(table.rows[row].parent),
                                table.rows[row].breakdown);
        if (sums.front() < 0)
            for (int& sum : sums) sum = nodes++;
    }
    for (auto& sums : below)
        if (sums.front() < 0) {
            std::ranges::fill(sums, nodes);
            ++nodes;
        }
    ways_.resize(static_cast<std::size_t>(nodes));
    arcs_.resize(table.counts.size());
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto& own = below[row];
        const auto& above =
            row == 0 ? below.back()
                     : sums_under(static_cast<std::size_t>(table.rows[row].parent),
                                  table.rows[row].breakdown);
        for (std::size_t column = 0; column < width; ++column) {
            const bool is_total = column + 1 == width;
            const bool is_turned = (table.rows[row].breakdown == 1) != is_total;
            join(table.cell(row, column), is_turned ? above[column] : own[column],
                 is_turned ? own[column] : above[column]);
        }
    }
}

void SumsNetwork::join(std::size_t cell, int from, int to) {
    arcs_[cell] = {from, to};
    ways_[static_cast<std::size_t>(from)].push_back({cell, true, to});
    ways_[static_cast<std::size_t>(to)].push_back({cell, false, from});
}

// Label-correcting with the nearest first: prices are negative only where a path takes back what
// an earlier one did.
SumsNetwork::Path SumsNetwork::shortest(int from, int to, std::size_t without,
                                        std::span<const Room> rooms,
                                        std::span<const std::int64_t> flow) const {
    constexpr double least_gain = 1e-9;       // sums of prices that differ by rounding are equal
    std::vector<double> price(ways_.size(), no_way);
    std::vector<Way> came_by(ways_.size());
    std::vector<int> came_from(ways_.size(), -1);
    using Place = std::pair<double, int>;
    std::priority_queue<Place, std::vector<Place>, std::greater<>> waiting;
    price[static_cast<std::size_t>(from)] = 0;
    waiting.push({0, from});
    while (!waiting.empty()) {
        const auto [paid, node] = waiting.top();
        waiting.pop();
        if (paid > price[static_cast<std::size_t>(node)]) continue;
        for (const Way& way : ways_[static_cast<std::size_t>(node)]) {
            if (way.cell == without) continue;
            const Step step = step_along(rooms[way.cell], flow[way.cell], way.is_forward);
            const auto next = static_cast<std::size_t>(way.to);
            if (step.room <= 0 || !(paid + step.price < price[next] - least_gain)) continue;
            price[next] = paid + step.price;
            came_by[next] = way;
            came_from[next] = node;
            waiting.push({price[next], way.to});
        }
    }
    Path path;
    if (std::isinf(price[static_cast<std::size_t>(to)])) return path;
    path.room = no_end;
    for (int node = to; node != from; node = came_from[static_cast<std::size_t>(node)]) {
        const Way& way = came_by[static_cast<std::size_t>(node)];
        path.ways.push_back(way);
        path.room = std::min(
            path.room, step_along(rooms[way.cell], flow[way.cell], way.is_forward).room);
    }
    return path;
}

std::optional<std::vector<Suppression::Change>> SumsNetwork::cheapest_change(
    std::size_t cell, std::int64_t amount, std::span<const Room> rooms) const {
    std::vector<std::int64_t> flow(arcs_.size(), 0);
    const Arc arc = arcs_[cell];
    const int from = amount > 0 ? arc.to : arc.from, to = amount > 0 ? arc.from : arc.to;
    std::int64_t left = std::abs(amount);
    while (left > 0 && from != to) {
        const Path path = shortest(from, to, cell, rooms, flow);
        if (path.ways.empty()) return std::nullopt;
        const std::int64_t pushed = std::min(left, path.room);
        for (const Way& way : path.ways) flow[way.cell] += way.is_forward ? pushed : -pushed;
        left -= pushed;
    }
    if (left > 0) return std::nullopt;        // a cell between the same two sums: not in a table
    flow[cell] = amount;
    std::vector<Suppression::Change> changes;
    for (std::size_t i = 0; i < flow.size(); ++i)
        if (flow[i] != 0) changes.push_back({i, flow[i]});
    return changes;
}

}  // namespace alongside::evidence
