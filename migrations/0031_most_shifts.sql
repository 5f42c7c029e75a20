-- What is enough for somebody: at most so many shifts in any seven days, of every scheme. Said by
-- themselves or, for them, by staff; the ledger keeps each change.
CREATE TABLE most_shifts (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    person_id        UUID NOT NULL REFERENCES person (person_id),
    most             BIGINT NOT NULL CHECK (most BETWEEN 1 AND 6),
    is_by_staff      BOOLEAN NOT NULL,
    said_at          BIGINT NOT NULL,
    said_by          TEXT NOT NULL,
    PRIMARY KEY (establishment_id, person_id)
);
