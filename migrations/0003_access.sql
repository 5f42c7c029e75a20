-- Who may come in, from which device, and who looked at what. Secrets are stored only as hashes;
-- a pepper outside the database goes into each of them.

CREATE TABLE account (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    account_id       UUID NOT NULL,
    person_id        UUID,                       -- whom it belongs to; some accounts are of no person
    sign_in_name     TEXT NOT NULL,              -- lower case
    display_name     TEXT NOT NULL,              -- shown to its owner and to administrators
    secret_kind      TEXT NOT NULL CHECK (secret_kind IN ('password', 'pin')),
    secret_hash      TEXT NOT NULL,
    must_change      BOOLEAN NOT NULL,           -- a one-time secret: to be replaced at sign-in
    secret_until     BIGINT,                     -- when a one-time secret ends
    scheme           TEXT,
    wing             TEXT NOT NULL DEFAULT '',   -- an officer's own wing; empty: all
    language         TEXT NOT NULL DEFAULT '',
    created_at       BIGINT NOT NULL,
    disabled_at      BIGINT,
    last_seen_at     BIGINT,                     -- to the minute or so
    PRIMARY KEY (establishment_id, account_id),
    UNIQUE (establishment_id, sign_in_name),
    CHECK (must_change OR secret_until IS NULL)
);
CREATE INDEX account_by_person ON account (establishment_id, person_id);

CREATE TABLE account_role (
    establishment_id TEXT NOT NULL,
    account_id       UUID NOT NULL,
    role             TEXT NOT NULL
        CHECK (role IN ('resident', 'peer', 'officer', 'night_manager', 'coordinator', 'partner',
                        'security', 'safer_custody', 'administrator')),
    PRIMARY KEY (establishment_id, account_id, role),
    FOREIGN KEY (establishment_id, account_id) REFERENCES account (establishment_id, account_id)
);

CREATE TABLE device (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    device_id        UUID NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('in_cell', 'wing_kiosk', 'office')),
    place            TEXT NOT NULL,              -- the cell; the wing of a kiosk or an office
    label            TEXT NOT NULL,
    code_hash        BYTES,                      -- the one-time code that is typed on the device
    code_until       BIGINT,
    token_hash       BYTES,                      -- of the device's long-lived cookie
    created_at       BIGINT NOT NULL,
    registered_at    BIGINT,
    revoked_at       BIGINT,
    last_seen_at     BIGINT,
    PRIMARY KEY (establishment_id, device_id),
    CHECK ((code_hash IS NULL) = (code_until IS NULL)),
    CHECK ((token_hash IS NULL) = (registered_at IS NULL)),
    CHECK (kind <> 'in_cell' OR place <> '')
);
CREATE UNIQUE INDEX device_by_token ON device (establishment_id, token_hash);
CREATE UNIQUE INDEX device_by_code ON device (establishment_id, code_hash);

CREATE TABLE sign_in_session (
    establishment_id TEXT NOT NULL,
    token_hash       BYTES NOT NULL,             -- of the cookie
    account_id       UUID NOT NULL,
    device_id        UUID,                       -- the registered device it lives on
    created_at       BIGINT NOT NULL,
    last_seen_at     BIGINT NOT NULL,            -- to the minute or so
    ends_at          BIGINT NOT NULL,            -- at the latest, whatever is done
    locked_at        BIGINT,                     -- a board that waits for its officer
    PRIMARY KEY (establishment_id, token_hash),
    FOREIGN KEY (establishment_id, account_id) REFERENCES account (establishment_id, account_id)
);
CREATE INDEX sign_in_session_by_account ON sign_in_session (establishment_id, account_id);
CREATE INDEX sign_in_session_by_device ON sign_in_session (establishment_id, device_id);

CREATE TABLE api_token (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    token_id         UUID NOT NULL,
    name             TEXT NOT NULL,              -- of the system that holds it
    role             TEXT NOT NULL
        CHECK (role IN ('resident', 'peer', 'officer', 'night_manager', 'coordinator', 'partner',
                        'security', 'safer_custody', 'administrator')),
    token_hash       BYTES NOT NULL,
    created_at       BIGINT NOT NULL,
    ends_at          BIGINT,
    revoked_at       BIGINT,
    PRIMARY KEY (establishment_id, token_id)
);
CREATE UNIQUE INDEX api_token_by_hash ON api_token (establishment_id, token_hash);

-- Attempts that have not succeeded, per device and account (and per device alone). Both are
-- keyed hashes, so that a mistyped name is not kept, and one that doesn't exist looks the same.
CREATE TABLE sign_in_delay (
    establishment_id TEXT NOT NULL,
    device_hash      BYTES NOT NULL,
    account_hash     BYTES NOT NULL,
    failures         BIGINT NOT NULL CHECK (failures > 0),
    not_before       BIGINT NOT NULL,
    forgotten_at     BIGINT NOT NULL,            -- from then on it counts no more
    PRIMARY KEY (establishment_id, device_hash, account_hash)
);
CREATE INDEX sign_in_delay_by_end ON sign_in_delay (establishment_id, forgotten_at);

-- Who looked at which request: no content, once a minute for each at most.
CREATE TABLE look (
    establishment_id TEXT NOT NULL,
    request_id       UUID NOT NULL,
    actor            TEXT NOT NULL,              -- opaque handle: account:… or token:…
    looked_at        BIGINT NOT NULL,            -- the minute
    PRIMARY KEY (establishment_id, request_id, actor, looked_at)
);

CREATE TABLE access_setting (
    establishment_id   TEXT PRIMARY KEY REFERENCES establishment (establishment_id),
    board_lock_minutes BIGINT NOT NULL CHECK (board_lock_minutes BETWEEN 1 AND 60)
);
