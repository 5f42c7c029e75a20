-- Requests whose asker is still known, open or closed.
CREATE INDEX request_with_identity ON request (establishment_id, request_id) WHERE sealed IS NOT NULL;
