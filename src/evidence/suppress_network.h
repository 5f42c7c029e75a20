// A table's sums as a network: each cell an arc between the two sums it stands in, so that whatever
// keeps all sums right is a flow that goes round.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "evidence/suppress.h"

namespace alongside::evidence {

class SumsNetwork {
public:
    explicit SumsNetwork(const CountTable& table);

    // What a change may touch, by cell. An arc whose price is infinite isn't used.
    struct Room {
        double price = 0;               // of hiding it, for each unit of change
        std::int64_t down = 0;          // how far it may fall; up it may go without end
    };

    // The cheapest change of other cells that lets `cell` be `amount` more (or less, if negative);
    // with the cell's own change. Nothing if there is none. Shortest augmenting paths, so that all
    // changes are whole numbers.
    std::optional<std::vector<Suppression::Change>> cheapest_change(
        std::size_t cell, std::int64_t amount, std::span<const Room> rooms) const;

private:
    struct Arc {
        int from = 0, to = 0;
    };
    struct Way {
        std::size_t cell = 0;
        bool is_forward = true;
        int to = 0;
    };
    struct Path {
        std::vector<Way> ways;
        std::int64_t room = 0;
    };
    void join(std::size_t cell, int from, int to);
    Path shortest(int from, int to, std::size_t without, std::span<const Room> rooms,
                  std::span<const std::int64_t> flow) const;

    std::vector<Arc> arcs_;
    std::vector<std::vector<Way>> ways_;      // by node
};

}  // namespace alongside::evidence
