-- One attempt to pay one order with one method. Status, amounts, live, unsettled and the columns after them are a projection
-- of its transactions, written in the same database transaction as each of those.
CREATE TABLE payments (
    id TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    method_type TEXT NOT NULL,
    method_label TEXT NOT NULL,
    website TEXT,
    order_id TEXT NOT NULL,
    po_number TEXT,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    -- Whose order it is at Apruve (host and merchant), our name for it there, and its id.
    provider_account TEXT,
    merchant_order_id TEXT,
    provider_order_id TEXT,
    provider_order_status TEXT,
    ended TEXT CHECK (ended IN ('declined', 'expired', 'superseded')),
    expires_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    status TEXT NOT NULL,
    live BOOLEAN NOT NULL,
    unsettled BOOLEAN NOT NULL,
    authorized BIGINT NOT NULL,
    invoiced BIGINT NOT NULL,
    captured BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    canceled BIGINT NOT NULL,
    -- Since when nothing is open any more; null while something is.
    rests_since TIMESTAMP,
    -- Since when Apruve owes the shop for the oldest unfunded invoice: from its issue, and from its shipment.
    unfunded_since TIMESTAMP,
    unfunded_shipped_since TIMESTAMP,
    -- When something is to be read back or to expire. Whoever takes that on moves it ahead, so that others leave it alone.
    next_look_at TIMESTAMP,
    -- When it is to be compared with Apruve although nothing seems amiss.
    reconcile_at TIMESTAMP
);
CREATE UNIQUE INDEX payments_live_order_key ON payments (COALESCE(website, ''), order_id) WHERE live;
CREATE UNIQUE INDEX payments_provider_account_merchant_order_id_key ON payments (provider_account, merchant_order_id);
CREATE UNIQUE INDEX payments_provider_account_provider_order_id_key ON payments (provider_account, provider_order_id);
CREATE INDEX payments_order_id ON payments (order_id);
CREATE INDEX payments_created_at ON payments (created_at, id);
CREATE INDEX payments_integration_id ON payments (integration_id, created_at);
CREATE INDEX payments_status ON payments (status, created_at);
CREATE INDEX payments_unsettled ON payments (created_at) WHERE unsettled;
CREATE INDEX payments_next_look_at ON payments (next_look_at) WHERE next_look_at IS NOT NULL;
CREATE INDEX payments_reconcile_at ON payments (reconcile_at) WHERE reconcile_at IS NOT NULL;
CREATE INDEX payments_unfunded_since ON payments (unfunded_since) WHERE unfunded_since IS NOT NULL;

-- What a payment was made of; gone once it has rested long enough.
CREATE TABLE payment_checkouts (
    payment_id TEXT NOT NULL PRIMARY KEY REFERENCES payments (id),
    -- Tells the same cart from another.
    digest TEXT NOT NULL,
    secure_hash TEXT,
    -- The posted cart, and the order made of it.
    sealed TEXT NOT NULL
);

-- Everything that happened under a payment. What is settled is never rewritten, only corrected by children.
CREATE TABLE transactions (
    id TEXT NOT NULL PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    integration_id TEXT NOT NULL,
    parent_id TEXT REFERENCES transactions (id),
    action TEXT NOT NULL CHECK (action IN
        ('purchase', 'authorize', 'invoice', 'issue', 'shipment', 'capture', 'cancel', 'refund', 'reversal')),
    origin TEXT NOT NULL CHECK (origin IN ('caller', 'provider')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed', 'unknown')),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    -- Apruve's id.
    reference TEXT,
    -- Our name for it at Apruve, by which it is found when the answer was lost.
    number TEXT,
    failure_code TEXT,
    failure_message TEXT,
    details TEXT NOT NULL,
    -- A call may be on its way until then; afterwards its outcome is unknown.
    call_until TIMESTAMP,
    -- Looking for one whose outcome is unknown: how often, how often in vain and since when, and when next.
    reads INTEGER NOT NULL,
    absences INTEGER NOT NULL,
    absent_since TIMESTAMP,
    next_read_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX transactions_payment_id ON transactions (payment_id, id);
-- One capture for an invoice, whether its funding or its closing was heard of first.
CREATE UNIQUE INDEX transactions_parent_id_key ON transactions (parent_id) WHERE action = 'capture' AND origin = 'provider';
CREATE UNIQUE INDEX transactions_integration_id_number_key ON transactions (integration_id, number)
    WHERE action = 'invoice' AND state <> 'failed';
CREATE UNIQUE INDEX transactions_payment_id_action_reference_key ON transactions (payment_id, action, reference)
    WHERE action IN ('invoice', 'shipment', 'refund') AND state <> 'failed';

-- What happened, in order, also that which changed nothing.
CREATE TABLE payment_events (
    id TEXT NOT NULL PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    version BIGINT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    transaction_id TEXT,
    changed BOOLEAN NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX payment_events_payment_id ON payment_events (payment_id, id);
