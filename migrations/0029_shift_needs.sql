-- What each shift of a name needs of whoever is on it, beside being ready: modules of the scheme,
-- clearance for units. By name, so that it holds for the pattern, temporary schedules and shifts by
-- hand alike.
CREATE TABLE shift_need (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    scheme           TEXT NOT NULL,
    name             TEXT NOT NULL,              -- of the shift
    what             TEXT NOT NULL CHECK (what IN ('module', 'unit')),
    code             TEXT NOT NULL,              -- of the module or the unit
    saved_at         BIGINT NOT NULL,
    saved_by         TEXT NOT NULL,
    PRIMARY KEY (establishment_id, scheme, name, what, code)
);
