-- What sessions cost those who give them, over all schemes, and what they are owed. No narrative:
-- there is no column that could hold one.

-- One person's time in one session. Session ids are dispatch's; the row is written with it.
CREATE TABLE exposure (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    person_id        UUID NOT NULL REFERENCES person (person_id),
    session_id       UUID NOT NULL,
    scheme           TEXT NOT NULL,
    from_at          BIGINT NOT NULL,
    until_at         BIGINT,
    night_of         TEXT,                       -- the local day on which the night began
    is_own_wish      BOOLEAN NOT NULL,           -- rest or a limit waived by the peer: rest broken
    PRIMARY KEY (establishment_id, person_id, session_id),
    CHECK (until_at IS NULL OR until_at >= from_at)
);
CREATE UNIQUE INDEX exposure_once_a_night ON exposure (establishment_id, person_id, night_of)
    WHERE night_of IS NOT NULL AND NOT is_own_wish;
CREATE UNIQUE INDEX exposure_one_at_a_time ON exposure (establishment_id, person_id)
    WHERE until_at IS NULL;
CREATE INDEX exposure_by_time ON exposure (establishment_id, from_at);

CREATE TABLE rest (
    establishment_id TEXT NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    session_id       UUID NOT NULL,
    from_at          BIGINT NOT NULL,
    until_at         BIGINT NOT NULL,
    excused_on       TEXT NOT NULL,              -- the local day on which work is excused
    waived_at        BIGINT,                     -- by the peer alone; then it counts as broken
    PRIMARY KEY (establishment_id, person_id, session_id),
    CHECK (until_at > from_at)
);
CREATE INDEX rest_by_end ON rest (establishment_id, until_at);

-- "I can't today": one tap, no reason.
CREATE TABLE stand_down (
    establishment_id TEXT NOT NULL,
    stand_down_id    UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    from_at          BIGINT NOT NULL,
    until_at         BIGINT NOT NULL,
    ended_at         BIGINT,                     -- taken back by the peer
    PRIMARY KEY (establishment_id, stand_down_id)
);
CREATE INDEX stand_down_now ON stand_down (establishment_id, person_id, until_at);

-- "I need to talk": the peer asks for somebody.
CREATE TABLE support_ask (
    establishment_id TEXT NOT NULL,
    support_ask_id   UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    asked_at         BIGINT NOT NULL,
    answered_at      BIGINT,
    answered_by      TEXT,
    PRIMARY KEY (establishment_id, support_ask_id),
    CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);

CREATE TABLE debrief (
    establishment_id TEXT NOT NULL,
    debrief_id       UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    session_id       UUID NOT NULL,
    scheme           TEXT NOT NULL,
    owed_at          BIGINT NOT NULL,
    offer_by         BIGINT NOT NULL,            -- the latest time at which it must be offered
    offered_at       BIGINT,
    offered_by       TEXT,
    held_at          BIGINT,
    held_by          TEXT,
    with_officer     BOOLEAN NOT NULL DEFAULT FALSE,   -- then it did not happen (rule 5)
    not_wanted_at    BIGINT,
    PRIMARY KEY (establishment_id, debrief_id),
    UNIQUE (establishment_id, person_id, session_id),
    CHECK ((offered_at IS NULL) = (offered_by IS NULL)),
    CHECK ((held_at IS NULL) = (held_by IS NULL)),
    CHECK (NOT (with_officer AND held_at IS NOT NULL))
);
CREATE INDEX debrief_open ON debrief (establishment_id, offer_by) WHERE offered_at IS NULL;
