-- A release with this migration and an older one cannot share a database: `active` and `ordinal` have no default, so that the
-- inserts of an older release fail instead of mixing.

CREATE TABLE transactions_new (
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
    updated_at TIMESTAMP NOT NULL,
    -- Which of the provider's captures and reversals of its invoice it is, from 1; 0 for everything else.
    ordinal INTEGER NOT NULL
);
-- Captures from before were one for an invoice, and a reversal hung under its capture.
INSERT INTO transactions_new
SELECT
    id, payment_id, integration_id, parent_id, action, origin, state, amount, reference, number, failure_code,
    failure_message, details, call_until, reads, absences, absent_since, next_read_at, created_at, updated_at,
    CASE
        WHEN origin <> 'provider' OR action NOT IN ('capture', 'reversal') THEN 0
        ELSE ROW_NUMBER() OVER (PARTITION BY parent_id, action, origin ORDER BY id) + (action = 'reversal')
    END
FROM transactions;
DROP TABLE transactions;
ALTER TABLE transactions_new RENAME TO transactions;
CREATE INDEX transactions_payment_id ON transactions (payment_id, id);
-- What came of an invoice, and what was taken back of it, is booked once each.
CREATE UNIQUE INDEX transactions_parent_id_ordinal_key ON transactions (parent_id, ordinal)
    WHERE action IN ('capture', 'reversal') AND origin = 'provider';
CREATE UNIQUE INDEX transactions_integration_id_number_key ON transactions (integration_id, number)
    WHERE action = 'invoice' AND state <> 'failed';
CREATE UNIQUE INDEX transactions_payment_id_action_reference_key ON transactions (payment_id, action, reference)
    WHERE action IN ('invoice', 'shipment', 'refund') AND state <> 'failed';

CREATE TABLE payments_new (
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
    reconcile_at TIMESTAMP,
    -- Whether the payment by itself counts as live; of those that do, one for each order is `live`.
    active BOOLEAN NOT NULL
);
INSERT INTO payments_new
SELECT
    id, integration_id, method_type, method_label, website, order_id, po_number, currency, amount, provider_account,
    merchant_order_id, provider_order_id, provider_order_status, ended, expires_at, version, created_at, updated_at,
    status, live, unsettled, authorized, invoiced, captured, returned, refunded, canceled, rests_since, unfunded_since,
    unfunded_shipped_since, next_look_at, reconcile_at,
    captured > refunded
    OR authorized - canceled - invoiced > 0
    OR (amount - canceled - (returned - refunded) - captured > 0
        AND NOT (authorized = 0 AND captured = 0 AND EXISTS (
            SELECT 1 FROM transactions t WHERE t.payment_id = payments.id AND t.action = 'purchase' AND t.state = 'failed')))
    OR status = 'pending'
    OR EXISTS (SELECT 1 FROM transactions t WHERE t.payment_id = payments.id AND t.state IN ('pending', 'unknown'))
FROM payments;
DROP TABLE payments;
ALTER TABLE payments_new RENAME TO payments;

-- What was refunded whole is not over while something of it may still be invoiced or paid.
UPDATE payments SET status = 'partially_refunded'
WHERE status = 'refunded'
    AND (authorized - canceled - invoiced > 0 OR amount - canceled - (returned - refunded) - captured > 0);
UPDATE payments SET rests_since = NULL
WHERE active AND amount - canceled - (returned - refunded) - captured > 0;
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
CREATE INDEX payments_updated_at ON payments (updated_at);
CREATE INDEX payments_open ON payments (id) WHERE rests_since IS NULL AND provider_account IS NOT NULL;
CREATE INDEX payments_not_compared ON payments (id)
    WHERE rests_since IS NULL AND provider_account IS NOT NULL AND reconcile_at IS NULL;
CREATE INDEX payments_waiting_for_order ON payments (order_id) WHERE active AND NOT live;
-- Of several that count for one order the oldest has it.
UPDATE payments SET live = active AND NOT EXISTS (
    SELECT 1 FROM payments o
    WHERE o.active AND o.order_id = payments.order_id AND COALESCE(o.website, '') = COALESCE(payments.website, '')
        AND (o.created_at < payments.created_at OR (o.created_at = payments.created_at AND o.id < payments.id)));
CREATE UNIQUE INDEX payments_live_order_key ON payments (COALESCE(website, ''), order_id) WHERE live;
