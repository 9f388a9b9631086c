-- Everything Apruve told us, once. A row is a hint: what it leads to is read back from Apruve.
CREATE TABLE webhook_events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (id),
    -- The envelope's uuid, or the SHA-256 of a body that has none.
    dedup_key TEXT COLLATE "C" NOT NULL,
    -- As it was sent; null where nothing can be read.
    event TEXT,
    -- False where the integration had no key to verify with.
    verified BOOLEAN NOT NULL,
    -- The raw body; null once it was erased.
    body_sealed TEXT,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('received', 'applied', 'ignored', 'parked', 'failed')),
    -- What came of the last attempt, as a sentence.
    outcome TEXT,
    -- Since it was received or replayed.
    attempts INTEGER NOT NULL,
    -- How often the same came again.
    repeats BIGINT NOT NULL,
    -- What it is about, as far as an attempt could tell.
    apruve_order_id TEXT COLLATE "C",
    apruve_invoice_id TEXT,
    merchant_order_id TEXT COLLATE "C",
    payment_id TEXT COLLATE "C" REFERENCES payments (id),
    replay_id TEXT COLLATE "C",
    version BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    -- When it happened at Apruve, as Apruve says.
    occurred_at TIMESTAMP,
    -- When an attempt came to something.
    settled_at TIMESTAMP,
    -- For which version of which payment a parked one was last looked at again.
    matched TEXT,
    -- When it is to be looked at; null while it rests. Who takes it on moves this ahead and leaves a mark, so that others
    -- leave it alone until that time.
    due_at TIMESTAMP,
    lease TEXT,
    CONSTRAINT webhook_events_integration_id_dedup_key_key UNIQUE (integration_id, dedup_key)
);
CREATE INDEX webhook_events_due_at ON webhook_events (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_events_received_at ON webhook_events (received_at, id);
CREATE INDEX webhook_events_state ON webhook_events (state, received_at);
CREATE INDEX webhook_events_replay_id ON webhook_events (replay_id) WHERE replay_id IS NOT NULL;
CREATE INDEX webhook_events_parked_order ON webhook_events (integration_id, apruve_order_id) WHERE state = 'parked';
CREATE INDEX webhook_events_parked_reference ON webhook_events (integration_id, merchant_order_id) WHERE state = 'parked';

-- An order to look at many events again.
CREATE TABLE webhook_replays (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    state TEXT,
    integration_id TEXT,
    -- How many events it took up.
    total BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP NOT NULL
);

-- Parked events are matched with the payments that changed lately.
CREATE INDEX payments_updated_at ON payments (updated_at);
