-- Who is on call, by hand or from a repeating pattern; the solver will write the same rows.

CREATE TABLE shift (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    shift_id         UUID NOT NULL,
    scheme           TEXT NOT NULL,
    name             TEXT NOT NULL,              -- 'early', 'late', 'night': the pattern's word
    starts_at        BIGINT NOT NULL,
    ends_at          BIGINT NOT NULL,
    needed           BIGINT NOT NULL CHECK (needed BETWEEN 1 AND 20),
    cancelled_at     BIGINT,
    PRIMARY KEY (establishment_id, shift_id),
    UNIQUE (establishment_id, scheme, name, starts_at),
    CHECK (ends_at > starts_at)
);
CREATE INDEX shift_by_time ON shift (establishment_id, ends_at);

CREATE TABLE shift_person (
    establishment_id TEXT NOT NULL,
    shift_id         UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    from_at          BIGINT NOT NULL,
    until_at         BIGINT NOT NULL,            -- earlier than the shift's end when taken off it
    added_by         TEXT NOT NULL,
    removed_why      TEXT CHECK (removed_why IN ('by_hand', 'resting', 'stood_down', 'left',
                                                 'moved', 'not_ready')),
    PRIMARY KEY (establishment_id, shift_id, person_id, from_at),
    FOREIGN KEY (establishment_id, shift_id) REFERENCES shift (establishment_id, shift_id),
    CHECK (until_at >= from_at)
);
CREATE INDEX shift_person_by_time ON shift_person (establishment_id, until_at);
CREATE INDEX shift_person_by_person ON shift_person (establishment_id, person_id, until_at);

CREATE TABLE shift_pattern (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    version          BIGINT NOT NULL,
    pattern_json     TEXT NOT NULL,              -- days of the cycle, shifts, people by member id
    anchor_on        TEXT NOT NULL,              -- the local day that is day 1
    saved_at         BIGINT NOT NULL,
    saved_by         TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme, version)
);

-- A new version with each change of a scheme's rota: what is kept in memory of who is on call fits
-- it. From the kernel's generator, never from a seed.
CREATE TABLE rota_version (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    version          UUID NOT NULL,
    PRIMARY KEY (establishment_id, scheme)
);
