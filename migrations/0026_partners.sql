-- Two members of a scheme who would like to be on a shift together, and do good work so; written
-- down by those who manage peers. Ended, never erased.
CREATE TABLE rota_partners (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    partners_id      UUID NOT NULL,
    scheme           TEXT NOT NULL,
    one_id           UUID NOT NULL REFERENCES person (person_id),
    other_id         UUID NOT NULL REFERENCES person (person_id),
    said_at          BIGINT NOT NULL,
    said_by          TEXT NOT NULL,
    ended_at         BIGINT,
    ended_by         TEXT,
    PRIMARY KEY (establishment_id, partners_id),
    CHECK (one_id <> other_id),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX rota_partners_once ON rota_partners (establishment_id, scheme, one_id, other_id)
    WHERE ended_at IS NULL;
