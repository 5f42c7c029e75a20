-- A peer who was out of the cell already when the call came to nothing walks back without having
-- been with anybody. Until somebody has seen them home they are out, and the board says so.
ALTER TABLE call_out ADD COLUMN turned_back_at BIGINT
    CHECK (turned_back_at IS NULL OR arrived_at IS NULL);
