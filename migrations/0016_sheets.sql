-- The sheets that a peer still owes, without reading every call-out there ever was.
CREATE INDEX call_out_by_peer ON call_out (establishment_id, person_id, departed_at);
