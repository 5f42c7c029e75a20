-- Ask, choose, offer, go, be there, come back. Who asked is in `sealed` alone, under a key that
-- lives in a file of its own; when that key is destroyed, nothing here says who it was.

CREATE TABLE request (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    request_id       UUID NOT NULL,
    scheme           TEXT NOT NULL,
    wing             TEXT NOT NULL,
    channel          TEXT NOT NULL
        CHECK (channel IN ('in_cell', 'kiosk', 'officer', 'peer', 'staff', 'api')),
    asked_by         TEXT NOT NULL CHECK (asked_by IN ('the_person', 'staff_with_yes')),
    asked_at         BIGINT NOT NULL,            -- the bell or the word
    entered_at       BIGINT NOT NULL,
    wanted_from      BIGINT NOT NULL,            -- equals asked_at, or later: "tomorrow instead"
    is_night         BOOLEAN NOT NULL,           -- whether wanted_from is in the scheme's night
    is_urgent        BOOLEAN NOT NULL,
    key_slot         BIGINT NOT NULL,            -- of the file of keys
    sealed           BYTES,                      -- who, cell, language, wishes; null: destroyed
    state            TEXT NOT NULL
        CHECK (state IN ('waiting', 'offered', 'accepted', 'unlocking', 'escorting', 'together',
                         'returning', 'closed')),
    escalated        BIGINT NOT NULL DEFAULT 0,  -- steps of the scheme's escalation taken
    offers_made      BIGINT NOT NULL DEFAULT 0,
    started_at       BIGINT,                     -- first arrival of a peer beside the person
    closed_at        BIGINT,
    close_reason     TEXT
        CHECK (close_reason IN ('MET', 'WITHDRAWN', 'WITHDRAWN_REPORTED', 'NOT_ASKED', 'ASLEEP',
                                'HELPLINE_TAKEN', 'STAFF_TALKED', 'LEFT', 'MERGED', 'DUPLICATE',
                                'NOT_ABLE', 'DANGER')),
    wait_ms          BIGINT,                     -- kept when the times are coarsened
    together_ms      BIGINT,
    identity_until   BIGINT,                     -- when the key is destroyed; set at closing
    identity_held    TEXT
        CHECK (identity_held IN ('death', 'serious_self_harm', 'complaint', 'access_request')),
    identity_gone_at BIGINT,
    PRIMARY KEY (establishment_id, request_id),
    CHECK ((closed_at IS NULL) = (state <> 'closed')),
    CHECK ((closed_at IS NULL) = (close_reason IS NULL)),
    CHECK (wanted_from >= asked_at),
    CHECK (identity_gone_at IS NULL OR sealed IS NULL)
);
-- Slots only grow, so what was asked since one looked last is found without the rest.
CREATE INDEX request_open ON request (establishment_id, key_slot) WHERE closed_at IS NULL;
CREATE INDEX request_by_time ON request (establishment_id, asked_at);
CREATE INDEX request_identity_due ON request (establishment_id, identity_until)
    WHERE sealed IS NOT NULL AND identity_until IS NOT NULL;

-- What happened to a request, for those entitled to its timeline. Codes only.
CREATE TABLE request_event (
    establishment_id TEXT NOT NULL,
    request_id       UUID NOT NULL,
    seq              BIGINT NOT NULL,            -- from 1
    at               BIGINT NOT NULL,
    what             TEXT NOT NULL,              -- Happening, in dispatch.h
    detail           TEXT NOT NULL DEFAULT '',   -- a code
    by_kind          TEXT NOT NULL
        CHECK (by_kind IN ('the_person', 'peer', 'officer', 'night_manager', 'staff', 'program')),
    PRIMARY KEY (establishment_id, request_id, seq),
    FOREIGN KEY (establishment_id, request_id) REFERENCES request (establishment_id, request_id)
);

-- Only open requests have offers: at closing they go, so that saying no leaves no trace (rule 9).
CREATE TABLE offer (
    establishment_id TEXT NOT NULL,
    offer_id         UUID NOT NULL,
    request_id       UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    how              TEXT NOT NULL CHECK (how IN ('device', 'intercom', 'door')),
    offered_at       BIGINT NOT NULL,            -- the knock, for intercom and door
    answer_by        BIGINT NOT NULL,
    is_own_wish      BOOLEAN NOT NULL,           -- the peer's, though resting or at a limit
    ended_at         BIGINT,
    ended_how        TEXT CHECK (ended_how IN ('going', 'not_available', 'called_off')),
    PRIMARY KEY (establishment_id, offer_id),
    CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    FOREIGN KEY (establishment_id, request_id) REFERENCES request (establishment_id, request_id)
);
CREATE UNIQUE INDEX offer_one_at_a_time ON offer (establishment_id, person_id)
    WHERE ended_at IS NULL;
CREATE INDEX offer_by_request ON offer (establishment_id, request_id);

-- A peer who said "going", until back.
CREATE TABLE call_out (
    establishment_id TEXT NOT NULL,
    call_out_id      UUID NOT NULL,
    request_id       UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    place_in_pair    BIGINT NOT NULL CHECK (place_in_pair BETWEEN 1 AND 4),  -- 3, 4: relief
    accepted_at      BIGINT NOT NULL,
    is_own_wish      BOOLEAN NOT NULL DEFAULT FALSE,
    session_id       UUID NOT NULL,
    arrived_at       BIGINT,
    departed_at      BIGINT,                     -- left the person
    back_at          BIGINT,                     -- in the own cell again
    ended_at         BIGINT,
    ended_how        TEXT CHECK (ended_how IN ('back', 'called_off', 'handed_over', 'left')),
    PRIMARY KEY (establishment_id, call_out_id),
    CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    CHECK (departed_at IS NULL OR arrived_at IS NOT NULL),
    FOREIGN KEY (establishment_id, request_id) REFERENCES request (establishment_id, request_id)
);
CREATE UNIQUE INDEX call_out_one_a_peer ON call_out (establishment_id, person_id)
    WHERE ended_at IS NULL;
CREATE UNIQUE INDEX call_out_one_a_place ON call_out (establishment_id, request_id, place_in_pair)
    WHERE ended_at IS NULL;
CREATE INDEX call_out_by_request ON call_out (establishment_id, request_id);

-- The one escort queue, over all schemes.
CREATE TABLE unlock (
    establishment_id TEXT NOT NULL,
    unlock_id        UUID NOT NULL,
    request_id       UUID NOT NULL,
    call_out_id      UUID NOT NULL,
    officers_needed  BIGINT NOT NULL CHECK (officers_needed BETWEEN 1 AND 4),
    asked_at         BIGINT NOT NULL,
    asked_by         TEXT NOT NULL,
    authorised_at    BIGINT,
    authorised_by    TEXT,
    escorted_at      BIGINT,
    escorted_by      TEXT,
    ended_at         BIGINT,
    ended_how        TEXT CHECK (ended_how IN ('out', 'called_off')),
    PRIMARY KEY (establishment_id, unlock_id),
    CHECK ((authorised_at IS NULL) = (authorised_by IS NULL)),
    CHECK ((escorted_at IS NULL) = (escorted_by IS NULL)),
    CHECK (escorted_at IS NULL OR authorised_at IS NOT NULL),
    CHECK (ended_how IS NULL OR ended_how <> 'out' OR escorted_at IS NOT NULL),
    FOREIGN KEY (establishment_id, request_id) REFERENCES request (establishment_id, request_id),
    FOREIGN KEY (establishment_id, call_out_id) REFERENCES call_out (establishment_id, call_out_id)
);
CREATE UNIQUE INDEX unlock_open ON unlock (establishment_id, call_out_id) WHERE ended_at IS NULL;
CREATE INDEX unlock_by_call_out ON unlock (establishment_id, call_out_id);
CREATE INDEX unlock_by_request ON unlock (establishment_id, request_id);

-- A refusal or delay is a fact: reason, who, what instead, and a review (rule 17).
CREATE TABLE unlock_decision (
    establishment_id TEXT NOT NULL,
    unlock_id        UUID NOT NULL,
    decided_at       BIGINT NOT NULL,
    decision         TEXT NOT NULL CHECK (decision IN ('refused', 'delayed')),
    reason           TEXT NOT NULL
        CHECK (reason IN ('STAFFING', 'INCIDENT', 'MEDICAL', 'ROLL_CHECK', 'SECURITY',
                          'NO_ESCORT', 'OTHER')),
    decided_by       TEXT NOT NULL,
    alternative      TEXT NOT NULL
        CHECK (alternative IN ('HELPLINE', 'STAFF_TALK', 'INTERCOM_PEER', 'LATER',
                               'AT_THE_DOOR', 'NONE_WANTED')),
    review_at        BIGINT NOT NULL,
    reviewed_at      BIGINT,
    PRIMARY KEY (establishment_id, unlock_id, decided_at),
    CHECK (review_at > decided_at),
    FOREIGN KEY (establishment_id, unlock_id) REFERENCES unlock (establishment_id, unlock_id)
);

-- Together: one row a session, from the first arrival until both have gone.
CREATE TABLE session (
    establishment_id TEXT NOT NULL,
    session_id       UUID NOT NULL,
    request_id       UUID NOT NULL,
    place_kind       TEXT NOT NULL
        CHECK (place_kind IN ('cell', 'suite', 'listeners_room', 'crisis_cell', 'office',
                              'other')),
    suite            TEXT,                       -- the place, unless it is the person's own cell
    is_private       BOOLEAN NOT NULL,           -- false: a cellmate is there, or in sight
    person_came_at   BIGINT NOT NULL,
    peer_came_at     BIGINT NOT NULL,
    person_left_at   BIGINT,
    peer_left_at     BIGINT,
    ended_at         BIGINT,
    PRIMARY KEY (establishment_id, session_id),
    CHECK (ended_at IS NULL OR (person_left_at IS NOT NULL AND peer_left_at IS NOT NULL)),
    FOREIGN KEY (establishment_id, request_id) REFERENCES request (establishment_id, request_id)
);
CREATE UNIQUE INDEX session_one_a_suite ON session (establishment_id, suite)
    WHERE ended_at IS NULL AND suite IS NOT NULL;
CREATE UNIQUE INDEX session_one_a_request ON session (establishment_id, request_id)
    WHERE ended_at IS NULL;
CREATE INDEX session_by_request ON session (establishment_id, request_id);

CREATE TABLE session_check (
    establishment_id TEXT NOT NULL,
    session_id       UUID NOT NULL,
    due_at           BIGINT NOT NULL,
    done_at          BIGINT,
    done_by          TEXT,
    missed_at        BIGINT,                     -- when it alarmed
    PRIMARY KEY (establishment_id, session_id, due_at),
    CHECK ((done_at IS NULL) = (done_by IS NULL)),
    FOREIGN KEY (establishment_id, session_id) REFERENCES session (establishment_id, session_id)
);

-- Tick boxes. A scheme of tier T1 has only place and private; the rest must stay null (rule 11).
CREATE TABLE contact_sheet (
    establishment_id TEXT NOT NULL,
    session_id       UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),   -- the peer who filled it in
    tier             TEXT NOT NULL CHECK (tier IN ('T0', 'T1', 'T2', 'T3', 'S')),
    filled_at        BIGINT NOT NULL,
    was_private      BOOLEAN NOT NULL,
    topic            TEXT,
    distress         BIGINT CHECK (distress BETWEEN 0 AND 3),
    outcome          TEXT,
    onward           TEXT,                       -- referral, with permission
    wants_debrief    BOOLEAN NOT NULL,
    PRIMARY KEY (establishment_id, session_id, person_id),
    CHECK (tier NOT IN ('T0', 'T1')
           OR (topic IS NULL AND distress IS NULL AND outcome IS NULL AND onward IS NULL)),
    FOREIGN KEY (establishment_id, session_id) REFERENCES session (establishment_id, session_id)
);

-- Immediate danger: an explicit press, or an officer's (rule 20).
CREATE TABLE danger (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    danger_id        UUID NOT NULL,
    wing             TEXT NOT NULL,
    place            TEXT NOT NULL,              -- where to run to
    pressed_at       BIGINT NOT NULL,
    pressed_by       TEXT NOT NULL CHECK (pressed_by IN ('the_person', 'peer', 'officer')),
    acknowledged_at  BIGINT,
    acknowledged_by  UUID,                       -- an account: a named person
    control_room_at  BIGINT,                     -- told after 60 s without an answer
    ended_at         BIGINT,
    PRIMARY KEY (establishment_id, danger_id),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE INDEX danger_open ON danger (establishment_id, pressed_at) WHERE ended_at IS NULL;

-- What the program does by itself, and when; read again after a restart.
CREATE TABLE timer (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    kind             TEXT NOT NULL
        CHECK (kind IN ('offer_ends', 'escalate', 'unlock_review', 'check_due', 'hand_over',
                        'danger_unanswered', 'wanted_from', 'destroy_identity')),
    subject          UUID NOT NULL,
    due_at           BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, kind, subject, due_at)
);
CREATE INDEX timer_due ON timer (establishment_id, due_at);
CREATE INDEX timer_of ON timer (establishment_id, subject);
