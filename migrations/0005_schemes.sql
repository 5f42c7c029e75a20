-- Which schemes a prison runs, and its own copies of their policies. A copy is never changed, only
-- followed by the next version.

CREATE TABLE scheme_open (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    opened_at        BIGINT NOT NULL,
    closed_at        BIGINT,
    PRIMARY KEY (establishment_id, scheme)
);

CREATE TABLE scheme_pause (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    paused_at        BIGINT NOT NULL,
    paused_by        TEXT NOT NULL,
    resumed_at       BIGINT,
    resumed_by       TEXT,
    PRIMARY KEY (establishment_id, scheme, paused_at),
    FOREIGN KEY (establishment_id, scheme) REFERENCES scheme_open (establishment_id, scheme),
    CHECK ((resumed_at IS NULL) = (resumed_by IS NULL))
);
CREATE UNIQUE INDEX scheme_pause_now ON scheme_pause (establishment_id, scheme)
    WHERE resumed_at IS NULL;

CREATE TABLE scheme_policy (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    version          BIGINT NOT NULL CHECK (version >= 1),
    policy_toml      TEXT NOT NULL,
    digest           UUID NOT NULL,              -- of the text: what is kept in memory fits it
    saved_at         BIGINT NOT NULL,
    saved_by         TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme, version),
    FOREIGN KEY (establishment_id, scheme) REFERENCES scheme_open (establishment_id, scheme)
);
