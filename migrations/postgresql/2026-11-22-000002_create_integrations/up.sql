-- Sorted texts are COLLATE "C", so that pages come in the same order as from SQLite, whatever the server's locale.
-- An account with a payment provider, or an offline method. Archived ones stay for history's sake.
CREATE TABLE integrations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type TEXT COLLATE "C" NOT NULL CHECK (type IN ('apruve', 'payment_term', 'check_money_order')),
    name TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    label TEXT NOT NULL,
    short_label TEXT NOT NULL,
    settings TEXT NOT NULL,
    api_key_sealed TEXT,
    version BIGINT NOT NULL,
    archived_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX integrations_name_key ON integrations (name) WHERE archived_at IS NULL;

-- Tokens are found by their SHA-256; after a rotation the old one lives until it expires.
CREATE TABLE webhook_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    sealed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP
);
CREATE INDEX webhook_tokens_integration_id ON webhook_tokens (integration_id);
