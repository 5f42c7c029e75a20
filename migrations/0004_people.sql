-- Who is where. person, person_number and kept_apart cross prisons: reference tables, whose keys
-- don't lead with an establishment.

CREATE TABLE person (
    person_id     UUID PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('resident', 'staff')),
    given_names   TEXT NOT NULL,
    family_name   TEXT NOT NULL,
    born_on       TEXT,
    sex           TEXT NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
    languages     TEXT NOT NULL DEFAULT '',      -- BCP 47 tags, a space between
    merged_into   UUID REFERENCES person (person_id),
    created_at    BIGINT NOT NULL
);

CREATE TABLE person_number (
    number        TEXT PRIMARY KEY,              -- prisoner number or staff number, upper case
    person_id     UUID NOT NULL REFERENCES person (person_id),
    since         BIGINT NOT NULL
);
CREATE INDEX person_number_by_person ON person_number (person_id);

CREATE TABLE kept_apart (
    kept_apart_id UUID PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('non_association', 'co_defendant')),
    first_person  UUID NOT NULL REFERENCES person (person_id),
    second_person UUID NOT NULL REFERENCES person (person_id),
    first_role    TEXT NOT NULL
        CHECK (first_role IN ('VICTIM', 'PERPETRATOR', 'NOT_RELEVANT', 'UNKNOWN')),
    second_role   TEXT NOT NULL
        CHECK (second_role IN ('VICTIM', 'PERPETRATOR', 'NOT_RELEVANT', 'UNKNOWN')),
    reason        TEXT NOT NULL
        CHECK (reason IN ('BULLYING', 'GANG_RELATED', 'ORGANISED_CRIME', 'LEGAL_REQUEST',
                          'THREAT', 'VIOLENCE', 'OTHER')),
    restriction   TEXT NOT NULL CHECK (restriction IN ('CELL', 'LANDING', 'WING')),
    opened_at     BIGINT NOT NULL,
    closed_at     BIGINT,
    closed_by     TEXT,
    closed_reason TEXT,
    CHECK (first_person <> second_person),
    CHECK ((closed_at IS NULL AND closed_by IS NULL AND closed_reason IS NULL)
           OR (closed_at IS NOT NULL AND closed_by IS NOT NULL AND closed_reason IS NOT NULL))
);
CREATE INDEX kept_apart_first ON kept_apart (first_person) WHERE closed_at IS NULL;
CREATE INDEX kept_apart_second ON kept_apart (second_person) WHERE closed_at IS NULL;

-- A part of a prison with one security level and one regime; peers are cleared unit by unit.
CREATE TABLE unit (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    unit             TEXT NOT NULL,              -- short code: 'MAX', 'SIU'
    name             TEXT NOT NULL,
    security_level   TEXT NOT NULL
        CHECK (security_level IN ('maximum', 'medium', 'minimum', 'mixed')),
    regime           TEXT NOT NULL
        CHECK (regime IN ('ordinary', 'segregation', 'intervention', 'vulnerable', 'young',
                          'reception')),
    night_unlock_officers BIGINT NOT NULL CHECK (night_unlock_officers BETWEEN 1 AND 4),
    PRIMARY KEY (establishment_id, unit)
);

CREATE TABLE wing (
    establishment_id TEXT NOT NULL,
    wing             TEXT NOT NULL,              -- the first part of a place: 'A'
    unit             TEXT NOT NULL,
    name             TEXT NOT NULL,
    PRIMARY KEY (establishment_id, wing),
    FOREIGN KEY (establishment_id, unit) REFERENCES unit (establishment_id, unit)
);

CREATE TABLE place (
    establishment_id TEXT NOT NULL,
    place            TEXT NOT NULL,              -- 'A-1-001', without the prison
    wing             TEXT NOT NULL,
    kind             TEXT NOT NULL
        CHECK (kind IN ('cell', 'suite', 'listeners_room', 'crisis_cell', 'office', 'other')),
    label            TEXT NOT NULL DEFAULT '',   -- 'B wing suite'
    has_alarm        BOOLEAN NOT NULL,
    closed_at        BIGINT,
    PRIMARY KEY (establishment_id, place),
    FOREIGN KEY (establishment_id, wing) REFERENCES wing (establishment_id, wing)
);

-- One row for each stretch of time in one place and state; a move ends a row and begins another.
CREATE TABLE presence (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    presence_id      UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    place            TEXT NOT NULL,              -- '' for staff and for people who are out
    wing             TEXT NOT NULL,
    in_out           TEXT NOT NULL CHECK (in_out IN ('IN', 'OUT', 'TRN')),
    category         TEXT NOT NULL DEFAULT '',
    age_group        TEXT NOT NULL CHECK (age_group IN ('adult', 'young_adult', 'child')),
    is_vulnerable    BOOLEAN NOT NULL,           -- of the vulnerable persons' pool
    release_on       TEXT,
    from_at          BIGINT NOT NULL,
    until_at         BIGINT,
    ended_how        TEXT CHECK (ended_how IN ('moved', 'changed', 'left', 'merged')),
    PRIMARY KEY (establishment_id, presence_id),
    CHECK ((until_at IS NULL) = (ended_how IS NULL))
);
CREATE UNIQUE INDEX presence_now ON presence (establishment_id, person_id)
    WHERE until_at IS NULL;
-- Someone who is present in another prison of the estate.
CREATE INDEX presence_anywhere ON presence (person_id) WHERE until_at IS NULL;
-- With the person, so that no planner prefers presence_now for the order of a cell's occupants.
CREATE INDEX presence_by_place ON presence (establishment_id, place, person_id)
    WHERE until_at IS NULL;

-- Someone whom a person would rather not meet in this: no reason, seen by no member of staff.
CREATE TABLE avoid (
    establishment_id TEXT NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    other_person_id  UUID NOT NULL REFERENCES person (person_id),
    since            BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, person_id, other_person_id),
    CHECK (person_id <> other_person_id)
);
CREATE INDEX avoid_by_other ON avoid (establishment_id, other_person_id);

-- Staff's answer to "safe alone with a peer?"; its reason has no column. The latest row holds.
CREATE TABLE alone_answer (
    establishment_id TEXT NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    decided_at       BIGINT NOT NULL,
    answer           TEXT NOT NULL CHECK (answer IN ('yes', 'in_sight', 'no')),
    decided_by       TEXT NOT NULL,              -- opaque handle
    PRIMARY KEY (establishment_id, person_id, decided_at)
);

-- One person's membership of one scheme.
CREATE TABLE member (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    member_id        UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    scheme           TEXT NOT NULL,
    label            TEXT NOT NULL,              -- what boards show: 'Peer 3', or a first name
    joined_at        BIGINT NOT NULL,
    probation_until  BIGINT,                     -- null: none
    left_at          BIGINT,
    left_reason      TEXT
        CHECK (left_reason IN ('COMPLETED', 'TRANSFERRED', 'RELEASED', 'WITHDRAWN_OWN',
                               'WITHDRAWN_STAFF', 'DISMISSED', 'HEALTH', 'SECURITY')),
    PRIMARY KEY (establishment_id, member_id),
    CHECK ((left_at IS NULL) = (left_reason IS NULL))
);
CREATE UNIQUE INDEX member_now ON member (establishment_id, scheme, person_id)
    WHERE left_at IS NULL;
CREATE INDEX member_by_person ON member (establishment_id, person_id);

CREATE TABLE member_compact (
    establishment_id TEXT NOT NULL,
    member_id        UUID NOT NULL,
    version          TEXT NOT NULL,              -- of the scheme's compact
    signed_at        BIGINT NOT NULL,
    ended_at         BIGINT,
    PRIMARY KEY (establishment_id, member_id, signed_at),
    FOREIGN KEY (establishment_id, member_id) REFERENCES member (establishment_id, member_id)
);

CREATE UNIQUE INDEX member_compact_now ON member_compact (establishment_id, member_id)
    WHERE ended_at IS NULL;

-- A value that is new after every change of what choosing reads of a scheme's members, so that a
-- copy kept in memory is known to be that of the snapshot, or isn't used.
CREATE TABLE member_version (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    version          UUID NOT NULL,
    PRIMARY KEY (establishment_id, scheme)
);

CREATE TABLE member_clearance (
    establishment_id TEXT NOT NULL,
    member_id        UUID NOT NULL,
    unit             TEXT NOT NULL,
    decided_at       BIGINT NOT NULL,
    is_cleared       BOOLEAN NOT NULL,
    until_at         BIGINT,                     -- null: until changed
    reason           TEXT NOT NULL
        CHECK (reason IN ('ROUTINE', 'REVIEWED', 'EXPIRED', 'INTELLIGENCE', 'UNIT_CLOSED',
                          'OTHER')),
    decided_by       TEXT NOT NULL,              -- opaque handle
    PRIMARY KEY (establishment_id, member_id, unit, decided_at),
    FOREIGN KEY (establishment_id, member_id) REFERENCES member (establishment_id, member_id)
);

CREATE TABLE member_module (
    establishment_id TEXT NOT NULL,
    member_id        UUID NOT NULL,
    module           TEXT NOT NULL,              -- a code of the scheme's curriculum
    done_at          BIGINT NOT NULL,
    expires_at       BIGINT,
    PRIMARY KEY (establishment_id, member_id, module, done_at),
    FOREIGN KEY (establishment_id, member_id) REFERENCES member (establishment_id, member_id)
);

CREATE TABLE member_suspension (
    establishment_id TEXT NOT NULL,
    suspension_id    UUID NOT NULL,
    member_id        UUID NOT NULL,
    from_at          BIGINT NOT NULL,
    by_actor         TEXT NOT NULL,
    reason           TEXT NOT NULL
        CHECK (reason IN ('SECURITY', 'CONDUCT', 'CONFIDENTIALITY', 'BOUNDARY', 'HEALTH',
                          'INVESTIGATION', 'OTHER')),
    review_on        TEXT NOT NULL,
    appealed_at      BIGINT,
    appeal_outcome   TEXT CHECK (appeal_outcome IN ('upheld', 'dismissed')),
    ended_at         BIGINT,
    PRIMARY KEY (establishment_id, suspension_id),
    FOREIGN KEY (establishment_id, member_id) REFERENCES member (establishment_id, member_id)
);
CREATE UNIQUE INDEX member_suspension_open ON member_suspension (establishment_id, member_id)
    WHERE ended_at IS NULL;

-- A file that was read and compared, and waits for somebody's yes. Each change is removed in the
-- transaction that applies it, so what is left is what is still to do; the counts stay.
CREATE TABLE import_run (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    import_id        UUID NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('roll', 'kept_apart')),
    state            TEXT NOT NULL
        CHECK (state IN ('reading', 'staged', 'applying', 'applied', 'abandoned')),
    staged_at        BIGINT NOT NULL,
    by_actor         TEXT NOT NULL,
    applied_at       BIGINT,
    rows_read        BIGINT NOT NULL DEFAULT 0,
    rows_bad         BIGINT NOT NULL DEFAULT 0,
    rows_elsewhere   BIGINT NOT NULL DEFAULT 0,  -- about people of other prisons
    numbers_unread   BIGINT NOT NULL DEFAULT 0,  -- bad rows that could be anybody's
    present_before   BIGINT NOT NULL DEFAULT 0,
    arrived          BIGINT NOT NULL DEFAULT 0,
    moved            BIGINT NOT NULL DEFAULT 0,
    gone             BIGINT NOT NULL DEFAULT 0,
    merged           BIGINT NOT NULL DEFAULT 0,
    changed          BIGINT NOT NULL DEFAULT 0,
    opened           BIGINT NOT NULL DEFAULT 0,
    closed           BIGINT NOT NULL DEFAULT 0,
    skipped          BIGINT NOT NULL DEFAULT 0,  -- what was newer here than in the file
    columns_left_out TEXT NOT NULL DEFAULT '',   -- names, a comma between
    PRIMARY KEY (establishment_id, import_id)
);
CREATE TABLE import_change (
    establishment_id TEXT NOT NULL,
    import_id        UUID NOT NULL,
    change           TEXT NOT NULL
        CHECK (change IN ('place', 'merged', 'gone', 'moved', 'changed', 'arrived', 'opened',
                          'closed', 'bad')),
    line             BIGINT NOT NULL,
    person_id        UUID,
    row_json         TEXT NOT NULL,              -- the named columns only; of 'bad': column, reason
    PRIMARY KEY (establishment_id, import_id, change, line),
    FOREIGN KEY (establishment_id, import_id)
        REFERENCES import_run (establishment_id, import_id)
);
