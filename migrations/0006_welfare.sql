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
    came_by_merging  BOOLEAN NOT NULL DEFAULT FALSE,   -- two records were one person: no limit
                                                       -- could be kept across them
    PRIMARY KEY (establishment_id, person_id, session_id),
    CHECK (until_at IS NULL OR until_at >= from_at)
);
CREATE UNIQUE INDEX exposure_once_a_night ON exposure (establishment_id, person_id, night_of)
    WHERE night_of IS NOT NULL AND NOT is_own_wish AND NOT came_by_merging;
CREATE UNIQUE INDEX exposure_one_at_a_time ON exposure (establishment_id, person_id)
    WHERE until_at IS NULL AND NOT came_by_merging;
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
CREATE INDEX support_ask_open ON support_ask (establishment_id, asked_at)
    WHERE answered_at IS NULL;

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
    with_officer_at  BIGINT,                     -- tried with an officer there: not held (rule 5)
    not_wanted_at    BIGINT,
    PRIMARY KEY (establishment_id, debrief_id),
    UNIQUE (establishment_id, person_id, session_id),
    CHECK ((offered_at IS NULL) = (offered_by IS NULL)),
    CHECK ((held_at IS NULL) = (held_by IS NULL)),
    CHECK (held_at IS NULL OR with_officer_at IS NULL OR held_at > with_officer_at)
);
CREATE INDEX debrief_open ON debrief (establishment_id, offer_by)
    WHERE held_at IS NULL AND not_wanted_at IS NULL;

-- Whose load changed, in order: what is kept in memory of everybody's load is brought up to date
-- from here. A version comes from the kernel, never from a seed, so that a state that was undone,
-- or one of another database, is never taken for this one.
CREATE TABLE load_change (
    establishment_id TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    version          UUID NOT NULL,
    person_id        UUID NOT NULL,
    PRIMARY KEY (establishment_id, seq)
);
