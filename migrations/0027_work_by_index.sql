-- What is read of one person's work stands in the index itself: no look at the table for each session.
DROP INDEX exposure_of_person;
CREATE INDEX exposure_of_person ON exposure
    (establishment_id, person_id, from_at, until_at, night_of);
