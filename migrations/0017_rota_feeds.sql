-- Calendar feeds of the rota. What a calendar is told of a change: how often it was changed and
-- when last; nothing is known of changes before this.

ALTER TABLE shift ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shift ADD COLUMN revised_at BIGINT;
ALTER TABLE shift_person ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shift_person ADD COLUMN revised_at BIGINT;

CREATE TABLE rota_feed (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    feed_id          UUID NOT NULL,
    key_hash         BYTES NOT NULL,             -- of 256 bits that stand in its address alone
    shows            TEXT NOT NULL CHECK (shows IN ('own', 'scheme', 'prison')),
    person_id        UUID REFERENCES person (person_id),
    scheme           TEXT,
    language         TEXT NOT NULL,
    account_id       UUID NOT NULL,              -- who made it
    made_at          BIGINT NOT NULL,
    ended_at         BIGINT,
    PRIMARY KEY (establishment_id, feed_id),
    UNIQUE (establishment_id, key_hash),
    CHECK ((shows = 'own') = (person_id IS NOT NULL)),
    CHECK ((shows = 'scheme') = (scheme IS NOT NULL))
);
CREATE INDEX rota_feed_by_person ON rota_feed (establishment_id, person_id);
