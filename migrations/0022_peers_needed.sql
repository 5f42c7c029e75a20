-- The last simulated answer to "how many peers do we need?", for the page that shows it. Counts
-- alone: it names nobody.
CREATE TABLE peers_needed (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    made_at          BIGINT NOT NULL,
    made_by          TEXT NOT NULL,              -- opaque handle
    report_json      TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme)
);
