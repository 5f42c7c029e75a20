// The rows of a risk order as Cox's likelihood needs them.
#pragma once

#include "evidence/frame.h"
#include "evidence/risk_order.h"

namespace alongside::evidence {

// Columns over all rows of the frame, as R centres them; and their spread.
struct ColumnScales {
    Vector mean, scale;                 // scale 0: constant
    std::vector<char> is_indicator;     // -1, 0 and 1 only
};

// By position of the order.
struct CoxRows {
    const RiskOrder& order;
    Matrix x;                           // centred and scaled columns; rows beyond the order's size
                                        // mean nothing
    Vector weight;
    Vector offset;                      // size 0: all 0
    ColumnScales scales;
    int threads = 1;
};

// `x` is the frame's design, or a copy: it is put in order where it stands.
CoxRows cox_rows(const Frame& frame, Matrix x, const RiskOrder& order, int threads);

}  // namespace alongside::evidence
