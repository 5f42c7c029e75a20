-- Entries that would say who asked, if they stood beside what caused them: they wait here until the
-- hour is over, without the time at which they came.
CREATE TABLE ledger_held_back (
    establishment_id TEXT NOT NULL,
    entry_id         UUID NOT NULL,              -- all of it random, so that the order tells nothing
    due_at           BIGINT NOT NULL,            -- a full hour
    verb             TEXT NOT NULL,
    subjects         TEXT NOT NULL,              -- ids and codes, a space between; never names
    actor            TEXT NOT NULL,
    payload          TEXT NOT NULL,              -- JSON
    PRIMARY KEY (establishment_id, entry_id)
);
