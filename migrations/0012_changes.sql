-- Who changed, in order, of what choosing reads of members and of who is on call: copies kept in
-- memory are brought up to date from here. A version comes from the kernel, never from a seed, so
-- that a state that was undone, or one of another database, is never taken for this one.

CREATE TABLE member_change (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    version          UUID NOT NULL,
    member_id        UUID,                       -- null: any of them may have
    PRIMARY KEY (establishment_id, scheme, seq)
);
INSERT INTO member_change (establishment_id, scheme, seq, version)
SELECT establishment_id, scheme, 1, version FROM member_version;
DROP TABLE member_version;

CREATE TABLE rota_change (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    version          UUID NOT NULL,
    person_id        UUID,                       -- null: anybody's shifts may have
    PRIMARY KEY (establishment_id, scheme, seq)
);
INSERT INTO rota_change (establishment_id, scheme, seq, version)
SELECT establishment_id, scheme, 1, version FROM rota_version;
DROP TABLE rota_version;
