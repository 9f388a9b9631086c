-- When a transaction began to count in the books: when it succeeded, and for the purchase of an offline sale when it was made.
-- The end of the calendar stands for never.
ALTER TABLE transactions ADD COLUMN booked_at TIMESTAMP NOT NULL DEFAULT '9999-12-31 00:00:00';
UPDATE transactions SET booked_at = COALESCE(
    (SELECT min(happened_at) FROM payment_events
     WHERE payment_events.payment_id = transactions.payment_id AND payment_events.transaction_id = transactions.id
         AND payment_events.changed AND payment_events.kind = transactions.action || '.succeeded'),
    updated_at)
WHERE state = 'succeeded' AND action <> 'purchase';
UPDATE transactions SET booked_at = created_at
WHERE action = 'purchase' AND payment_id IN (SELECT id FROM payments WHERE method_type <> 'apruve');
CREATE INDEX transactions_booked_at ON transactions (booked_at, id);

-- The version of the payment that its rows in `invoices` are of. Rows of other versions are made anew: the start after the
-- upgrade makes all of them, and later those of payments that an older service has changed.
ALTER TABLE payments ADD COLUMN listed_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payments_unlisted ON payments (id) WHERE listed_version <> version;

-- What the shop has asked for: the invoices at Apruve, and each offline sale as one. A projection of the transactions, written
-- in the same database transaction as each of those. A text that is not known is empty; a moment that is not, the end of the
-- calendar.
CREATE TABLE invoices (
    id TEXT NOT NULL PRIMARY KEY REFERENCES transactions (id),
    payment_id TEXT NOT NULL REFERENCES payments (id),
    integration_id TEXT NOT NULL,
    website TEXT NOT NULL,
    order_id TEXT NOT NULL,
    number TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    po_number TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    canceled BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    funded BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    -- When it was both issued and shipped.
    shipped_at TIMESTAMP NOT NULL,
    -- When the buyer is to pay.
    due_at TIMESTAMP NOT NULL,
    funded_at TIMESTAMP NOT NULL,
    -- When it began to count in the books, when its amounts last changed there, and since when nothing remains.
    opened_at TIMESTAMP NOT NULL,
    moved_at TIMESTAMP NOT NULL,
    closed_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Buckets of days past due that it entered earlier are not told of.
    watched_since TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00'
);
CREATE INDEX invoices_payment_id ON invoices (payment_id);
-- Reports: a group after the other.
CREATE INDEX invoices_by_integration ON invoices (integration_id, currency, id, closed_at);
CREATE INDEX invoices_by_website ON invoices (website, currency, id, closed_at);
CREATE INDEX invoices_by_customer ON invoices (customer_id, currency, id, closed_at);
CREATE INDEX invoices_funded_at ON invoices (funded_at, id);
-- What may be overdue.
CREATE INDEX invoices_unpaid_due ON invoices (integration_id, due_at) WHERE remaining > 0;
CREATE INDEX invoices_unpaid_issued ON invoices (integration_id, issued_at) WHERE remaining > 0;
CREATE INDEX invoices_unpaid_shipped ON invoices (integration_id, shipped_at) WHERE remaining > 0;
-- Lists, in their orders, and narrowed.
CREATE INDEX invoices_created_at ON invoices (created_at, id);
CREATE INDEX invoices_created_at_falling ON invoices (created_at DESC, id);
CREATE INDEX invoices_updated_at ON invoices (updated_at, id);
CREATE INDEX invoices_updated_at_falling ON invoices (updated_at DESC, id);
CREATE INDEX invoices_due_at ON invoices (due_at, id);
CREATE INDEX invoices_due_at_falling ON invoices (due_at DESC, id);
CREATE INDEX invoices_customer_id ON invoices (customer_id, created_at DESC, id);
CREATE INDEX invoices_website ON invoices (website, created_at DESC, id);
CREATE INDEX invoices_integration_id ON invoices (integration_id, created_at DESC, id);
CREATE INDEX invoices_status ON invoices (status, created_at DESC, id);
CREATE INDEX invoices_state ON invoices (state, created_at DESC, id);
CREATE INDEX invoices_order_id ON invoices (order_id, created_at DESC, id);
CREATE INDEX invoices_number ON invoices (number, created_at DESC, id);
CREATE INDEX invoices_provider_id ON invoices (provider_id, created_at DESC, id);
CREATE INDEX invoices_po_number ON invoices (po_number, created_at DESC, id);

-- That an invoice came to be so many days past due was told, once.
CREATE TABLE invoice_overdue_notices (
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    -- The first day of the bucket.
    days INTEGER NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (invoice_id, days)
);
