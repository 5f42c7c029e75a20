-- A schedule for some days, in place of the repeating pattern: a holiday week, a lockdown. Taken
-- back by an end, never erased.
CREATE TABLE temporary_schedule (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    temporary_id     UUID NOT NULL,
    scheme           TEXT NOT NULL,
    name             TEXT NOT NULL,
    from_on          TEXT NOT NULL,              -- local days, both included
    to_on            TEXT NOT NULL,
    pattern_json     TEXT NOT NULL,              -- as in shift_pattern; from_on is its day 1
    saved_at         BIGINT NOT NULL,
    saved_by         TEXT NOT NULL,
    ended_at         BIGINT,
    ended_by         TEXT,
    PRIMARY KEY (establishment_id, temporary_id),
    CHECK (to_on >= from_on),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX temporary_schedule_standing ON temporary_schedule (establishment_id, scheme, to_on)
    WHERE ended_at IS NULL;

-- What it did to each shift that it touched, and how that shift was before.
CREATE TABLE temporary_shift (
    establishment_id TEXT NOT NULL,
    temporary_id     UUID NOT NULL,
    shift_id         UUID NOT NULL,
    what             TEXT NOT NULL CHECK (what IN ('added', 'gone', 'changed')),
    starts_at        BIGINT NOT NULL,
    ends_at          BIGINT NOT NULL,
    needed           BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, temporary_id, shift_id),
    FOREIGN KEY (establishment_id, temporary_id)
        REFERENCES temporary_schedule (establishment_id, temporary_id),
    FOREIGN KEY (establishment_id, shift_id) REFERENCES shift (establishment_id, shift_id)
);

-- Who was on a shift before it was changed: they are again when the schedule is taken back.
CREATE TABLE temporary_person (
    establishment_id TEXT NOT NULL,
    temporary_id     UUID NOT NULL,
    shift_id         UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    from_at          BIGINT NOT NULL,
    until_at         BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, temporary_id, shift_id, person_id, from_at),
    FOREIGN KEY (establishment_id, temporary_id, shift_id)
        REFERENCES temporary_shift (establishment_id, temporary_id, shift_id)
);
CREATE INDEX temporary_person_by_person ON temporary_person (establishment_id, person_id);
