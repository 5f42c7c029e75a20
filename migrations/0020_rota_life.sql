-- The life of a rota: drafts, what was published, and each change of who is on which shift, in order
-- and never erased. Who is on now stands in shift and shift_person, written with each of these rows.

-- Kept to be changed by hand, then published in one go or thrown away; nothing of it is live.
CREATE TABLE rota_draft (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    draft_id         UUID NOT NULL,
    scheme           TEXT NOT NULL,
    first_on         TEXT NOT NULL,              -- the first local day it is about
    days             BIGINT NOT NULL CHECK (days BETWEEN 1 AND 400),
    made_at          BIGINT NOT NULL,
    made_by          TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('open', 'published', 'thrown_away')),
    ended_at         BIGINT,
    ended_by         TEXT,
    PRIMARY KEY (establishment_id, draft_id),
    CHECK ((ended_at IS NULL) = (state = 'open')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX rota_draft_by_scheme ON rota_draft (establishment_id, scheme, made_at);

CREATE TABLE rota_draft_entry (
    establishment_id TEXT NOT NULL,
    draft_id         UUID NOT NULL,
    shift_id         UUID NOT NULL,
    person_id        UUID NOT NULL REFERENCES person (person_id),
    what             TEXT NOT NULL CHECK (what IN ('on', 'off')),
    added_at         BIGINT NOT NULL,
    added_by         TEXT NOT NULL,
    removed_at       BIGINT,
    removed_by       TEXT,
    left_out_why     TEXT CHECK (left_out_why IN ('cancelled', 'begun', 'not_ready', 'elsewhere',
                                                  'there_already')),   -- at publishing
    PRIMARY KEY (establishment_id, draft_id, shift_id, person_id),
    FOREIGN KEY (establishment_id, draft_id) REFERENCES rota_draft (establishment_id, draft_id),
    FOREIGN KEY (establishment_id, shift_id) REFERENCES shift (establishment_id, shift_id),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);

-- Each time that a plan, a draft or the pattern was put on. What was changed after it, and before
-- the next, has its number.
CREATE TABLE rota_version (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    version          BIGINT NOT NULL CHECK (version >= 1),
    how              TEXT NOT NULL CHECK (how IN ('plan', 'draft', 'pattern')),
    draft_id         UUID,
    published_at     BIGINT NOT NULL,
    published_by     TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme, version),
    CHECK ((how = 'draft') = (draft_id IS NOT NULL))
);

CREATE TABLE shift_change (
    establishment_id TEXT NOT NULL,
    scheme           TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    version          BIGINT NOT NULL,            -- 0: before the first
    shift_id         UUID NOT NULL,
    what             TEXT NOT NULL CHECK (what IN ('added', 'moved', 'cancelled', 'restored', 'on',
                                                   'off')),
    person_id        UUID REFERENCES person (person_id),
    from_at          BIGINT NOT NULL,            -- of the shift or, for on and off, of the stretch
    until_at         BIGINT NOT NULL,            -- off: where the stretch that began then ends now
    needed           BIGINT,
    how              TEXT NOT NULL CHECK (how IN ('before', 'plan', 'draft', 'pattern', 'hand',
                                                  'swap', 'movement', 'repair', 'temporary',
                                                  'merged')),
    why              TEXT,                       -- of off, as removed_why says
    changed_at       BIGINT NOT NULL,
    changed_by       TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme, seq),
    FOREIGN KEY (establishment_id, shift_id) REFERENCES shift (establishment_id, shift_id),
    CHECK ((person_id IS NULL) = (what IN ('added', 'moved', 'cancelled', 'restored'))),
    CHECK ((needed IS NULL) = (what IN ('on', 'off'))),
    CHECK (until_at >= from_at)
);
CREATE INDEX shift_change_by_shift ON shift_change (establishment_id, shift_id, seq);
CREATE INDEX shift_change_by_person ON shift_change (establishment_id, person_id);

-- What stands already: nobody knows when it was put there.
INSERT INTO shift_change (establishment_id, scheme, seq, version, shift_id, what, person_id,
                          from_at, until_at, needed, how, changed_at, changed_by)
SELECT establishment_id, scheme,
       ROW_NUMBER() OVER (PARTITION BY establishment_id, scheme
                          ORDER BY step, starts_at, shift_id, person_id, from_at),
       0, shift_id, what, person_id, from_at, until_at, needed, 'before', 0, made_by
FROM (SELECT establishment_id, scheme, 1 AS step, starts_at, shift_id, 'added' AS what,
             CAST(NULL AS UUID) AS person_id, starts_at AS from_at, ends_at AS until_at, needed,
             'before' AS made_by
      FROM shift
      UNION ALL
      SELECT p.establishment_id, s.scheme, 2, s.starts_at, p.shift_id, 'on', p.person_id,
             p.from_at, p.until_at, NULL, p.added_by
      FROM shift_person p
      JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id
      UNION ALL
      SELECT establishment_id, scheme, 3, starts_at, shift_id, 'cancelled', NULL, starts_at,
             ends_at, needed, 'before'
      FROM shift WHERE cancelled_at IS NOT NULL) AS there;
