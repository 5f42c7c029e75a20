-- What is open is few and looked at often; what is over is all the rest.
CREATE INDEX exposure_open ON exposure (establishment_id, person_id) WHERE until_at IS NULL;
CREATE INDEX session_open ON session (establishment_id, session_id) WHERE ended_at IS NULL;
-- The shifts of some days, of all that were and will be.
CREATE INDEX shift_of_scheme_by_time ON shift (establishment_id, scheme, ends_at);
