-- Somebody on a shift asks for it to be taken. They stay responsible until somebody has it.
CREATE TABLE swap (
    establishment_id TEXT NOT NULL,
    swap_id          UUID NOT NULL,
    shift_id         UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),   -- who is on it, and asks
    asked_at         BIGINT NOT NULL,
    asked_by         TEXT NOT NULL,
    ended_at         BIGINT,
    ended_by         TEXT,
    ended_why        TEXT CHECK (ended_why IN ('taken_back', 'cancelled', 'taken_off', 'left',
                                               'moved', 'not_ready')),
    PRIMARY KEY (establishment_id, swap_id),
    FOREIGN KEY (establishment_id, shift_id) REFERENCES shift (establishment_id, shift_id),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX swap_standing ON swap (establishment_id, shift_id, person_id)
    WHERE ended_at IS NULL;
CREATE INDEX swap_by_person ON swap (establishment_id, person_id) WHERE ended_at IS NULL;

-- Somebody takes it: at once, or when staff approve. At most one stands at a time.
CREATE TABLE swap_take (
    establishment_id TEXT NOT NULL,
    take_id          UUID NOT NULL,
    swap_id          UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),   -- who takes it
    taken_at         BIGINT NOT NULL,
    taken_by         TEXT NOT NULL,
    approved_at      BIGINT,                     -- from then on they are on the shift
    approved_by      TEXT,
    ended_at         BIGINT,
    ended_by         TEXT,
    ended_why        TEXT CHECK (ended_why IN ('undone', 'refused', 'over', 'left', 'moved',
                                               'not_ready')),
    PRIMARY KEY (establishment_id, take_id),
    FOREIGN KEY (establishment_id, swap_id) REFERENCES swap (establishment_id, swap_id),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX swap_take_standing ON swap_take (establishment_id, swap_id)
    WHERE ended_at IS NULL;
