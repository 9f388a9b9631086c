-- Tokens that are revoked before they end: one by its id, or all of a subject that were issued before a moment.
CREATE TABLE token_revocations (
    id TEXT NOT NULL PRIMARY KEY,
    jti TEXT,
    subject TEXT,
    -- NULL: of any issuer.
    issuer TEXT,
    issued_before TIMESTAMP,
    -- No token that it speaks of can be valid any more.
    ends_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CHECK ((jti IS NULL) <> (subject IS NULL)),
    CHECK ((subject IS NULL) = (issued_before IS NULL))
);
CREATE INDEX token_revocations_ends_at ON token_revocations (ends_at);

-- Grows with each revocation; replicas poll it.
ALTER TABLE revision_counter ADD COLUMN token_revocations BIGINT NOT NULL DEFAULT 0;
