-- When somebody can't be on call, and what they wish: said by themselves or, for them, by staff.
-- Taken back by an end, never erased.
CREATE TABLE availability (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    availability_id  UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    kind             TEXT NOT NULL CHECK (kind IN ('cannot', 'rather_on', 'rather_off')),
    why              TEXT CHECK (why IN ('work', 'education', 'visits', 'court', 'other')),
    from_on          TEXT NOT NULL,              -- local days, both included
    to_on            TEXT NOT NULL,
    weekdays         BIGINT NOT NULL CHECK (weekdays BETWEEN 1 AND 127),  -- bit 0: Mondays
    from_minute      BIGINT NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute        BIGINT NOT NULL CHECK (to_minute BETWEEN 1 AND 1440),  -- earlier: the next day
    is_by_staff      BOOLEAN NOT NULL,
    said_at          BIGINT NOT NULL,
    said_by          TEXT NOT NULL,
    ended_at         BIGINT,
    ended_by         TEXT,
    PRIMARY KEY (establishment_id, availability_id),
    CHECK (to_on >= from_on),
    CHECK ((kind = 'cannot') = (why IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX availability_standing ON availability (establishment_id, person_id, to_on)
    WHERE ended_at IS NULL;
