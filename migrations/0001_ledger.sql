-- The prisons that this program serves, and the record of every change made in each of them.

CREATE TABLE establishment (
    establishment_id TEXT NOT NULL PRIMARY KEY
        CHECK (LENGTH(establishment_id) = 3 AND establishment_id NOT IN ('OUT', 'TRN')
               AND SUBSTR(establishment_id, 1, 1) BETWEEN 'A' AND 'Z'
               AND SUBSTR(establishment_id, 2, 1) BETWEEN 'A' AND 'Z'
               AND SUBSTR(establishment_id, 3, 1) BETWEEN 'A' AND 'Z'),
    name             TEXT NOT NULL CHECK (name <> ''),
    time_zone        TEXT NOT NULL,              -- IANA: 'America/Winnipeg'
    number_pattern   TEXT NOT NULL,              -- what a person's number looks like here
    language         TEXT NOT NULL,              -- BCP 47
    created_at       BIGINT NOT NULL
);

-- Where each chain ends. Every write of a prison locks its row first. It refers to no establishment,
-- since the first write of a prison is the one that makes it.
CREATE TABLE ledger_head (
    establishment_id TEXT NOT NULL PRIMARY KEY,
    seq              BIGINT NOT NULL DEFAULT 0 CHECK (seq >= 0),
    entry_hash       BYTES,                      -- null before the first entry
    CHECK ((seq = 0) = (entry_hash IS NULL))
);

CREATE TABLE ledger_entry (
    establishment_id TEXT NOT NULL,
    seq              BIGINT NOT NULL CHECK (seq >= 1),
    at               BIGINT NOT NULL,
    verb             TEXT NOT NULL,
    subjects         TEXT NOT NULL,              -- ids and codes, a space between; never names
    actor            TEXT NOT NULL,              -- an opaque handle
    payload_hash     BYTES NOT NULL,
    previous_hash    BYTES NOT NULL,             -- empty for the first
    entry_hash       BYTES NOT NULL,
    PRIMARY KEY (establishment_id, seq)
);

-- Destroying a row leaves the chain verifiable: the entry keeps the hash alone.
CREATE TABLE ledger_payload (
    establishment_id TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    nonce            BYTES NOT NULL,
    payload          TEXT NOT NULL,              -- JSON
    PRIMARY KEY (establishment_id, seq),
    FOREIGN KEY (establishment_id, seq) REFERENCES ledger_entry (establishment_id, seq)
);

-- Which entries name a subject: an index, checked against the entries when they are verified.
CREATE TABLE ledger_subject (
    establishment_id TEXT NOT NULL,
    subject          TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, subject, seq),
    FOREIGN KEY (establishment_id, seq) REFERENCES ledger_entry (establishment_id, seq)
);
