-- When a backup was made, for the health page and the ledger.
CREATE TABLE backup_made (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    made_at          BIGINT NOT NULL,
    size_bytes       BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, made_at)
);
