-- What was answered to a write that came with a key, so that the same one sent again is answered
-- again and not done again. Nothing in a row can be read without the key, which only the sender has:
-- not who sent it, not what, not the answer. Rows are deleted after 48 hours.

CREATE TABLE idempotency (
    establishment_id TEXT NOT NULL,
    key_digest       BYTES NOT NULL,   -- of prison, actor and key
    content_digest   BYTES NOT NULL,   -- of what was sent, keyed by the key
    sealed_answer    BYTES NOT NULL,   -- encrypted under the key
    answered_at      BIGINT NOT NULL,
    PRIMARY KEY (establishment_id, key_digest)
);
CREATE INDEX idempotency_by_age ON idempotency (establishment_id, answered_at);
