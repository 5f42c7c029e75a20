-- One person's work and rest of the last weeks, of all that were.
CREATE INDEX exposure_of_person ON exposure (establishment_id, person_id, from_at);
CREATE INDEX rest_of_person ON rest (establishment_id, person_id, until_at);
