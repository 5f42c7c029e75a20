-- Immediate danger pressed by staff who don't work on the wings: told apart from the person's own
-- press and from an officer's.
CREATE TABLE danger_anew (
    establishment_id TEXT NOT NULL REFERENCES establishment (establishment_id),
    danger_id        UUID NOT NULL,
    wing             TEXT NOT NULL,
    place            TEXT NOT NULL,              -- where to run to
    pressed_at       BIGINT NOT NULL,
    pressed_by       TEXT NOT NULL CHECK (pressed_by IN ('the_person', 'peer', 'officer', 'staff')),
    acknowledged_at  BIGINT,
    acknowledged_by  UUID,                       -- an account: a named person
    control_room_at  BIGINT,                     -- told after 60 s without an answer
    ended_at         BIGINT,
    ended_with       TEXT CHECK (ended_with IN ('death', 'serious_self_harm')),
    PRIMARY KEY (establishment_id, danger_id),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
INSERT INTO danger_anew (establishment_id, danger_id, wing, place, pressed_at, pressed_by,
                         acknowledged_at, acknowledged_by, control_room_at, ended_at, ended_with)
SELECT establishment_id, danger_id, wing, place, pressed_at, pressed_by,
       acknowledged_at, acknowledged_by, control_room_at, ended_at, ended_with
FROM danger;
DROP TABLE danger;
ALTER TABLE danger_anew RENAME TO danger;
CREATE INDEX danger_open ON danger (establishment_id, pressed_at) WHERE ended_at IS NULL;
