-- Whose word a pause is. The partner of a scheme may pause it, and so may the prison; each pause is
-- lifted by whoever's it is, and both may stand at once. Those of before are taken for the prison's.
CREATE TABLE scheme_pause_anew (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    paused_as        TEXT NOT NULL CHECK (paused_as IN ('prison', 'partner')),
    paused_at        BIGINT NOT NULL,
    paused_by        TEXT NOT NULL,
    resumed_at       BIGINT,
    resumed_by       TEXT,
    PRIMARY KEY (establishment_id, scheme, paused_as, paused_at),
    FOREIGN KEY (establishment_id, scheme) REFERENCES scheme_open (establishment_id, scheme),
    CHECK ((resumed_at IS NULL) = (resumed_by IS NULL))
);
INSERT INTO scheme_pause_anew (establishment_id, scheme, paused_as, paused_at, paused_by,
                               resumed_at, resumed_by)
SELECT establishment_id, scheme, 'prison', paused_at, paused_by, resumed_at, resumed_by
FROM scheme_pause;
DROP TABLE scheme_pause;
ALTER TABLE scheme_pause_anew RENAME TO scheme_pause;
CREATE UNIQUE INDEX scheme_pause_now ON scheme_pause (establishment_id, scheme, paused_as)
    WHERE resumed_at IS NULL;
