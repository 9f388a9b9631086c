-- What the buyer was shown, and who the buyer is: ids and a name of the shop's, and a keyed hash of the e-mail address.
ALTER TABLE payments ADD COLUMN method_short_label TEXT;
-- The buyer's payment term as the cart had it, as JSON.
ALTER TABLE payments ADD COLUMN payment_term TEXT;
ALTER TABLE payments ADD COLUMN buyer_customer_id TEXT;
ALTER TABLE payments ADD COLUMN buyer_customer_name TEXT;
ALTER TABLE payments ADD COLUMN buyer_user_id TEXT;
ALTER TABLE payments ADD COLUMN buyer_email_hash TEXT;
-- When an offline sale is to be paid.
ALTER TABLE payments ADD COLUMN due_at TIMESTAMP;
CREATE INDEX payments_buyer_email_hash ON payments (buyer_email_hash) WHERE buyer_email_hash IS NOT NULL;
CREATE INDEX payments_buyer_customer_id ON payments (buyer_customer_id, created_at) WHERE buyer_customer_id IS NOT NULL;

-- The caller's own name for a transaction, such as the number of a check.
ALTER TABLE transactions ADD COLUMN caller_reference TEXT;
CREATE INDEX transactions_caller_reference ON transactions (caller_reference) WHERE caller_reference IS NOT NULL;
CREATE INDEX transactions_reference ON transactions (reference) WHERE reference IS NOT NULL;

-- Whether the buyer was read from the cart; carts from before this migration were not.
ALTER TABLE payment_checkouts ADD COLUMN buyer_read BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX payment_checkouts_buyer_unread ON payment_checkouts (payment_id) WHERE NOT buyer_read;

-- Keys that the service makes for itself, sealed under the master key.
CREATE TABLE sealed_keys (
    name TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- Services that use this database, so that one of another layout does not start beside them.
CREATE TABLE replicas (
    id TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    -- Grows with releases that must not run beside older ones.
    layout INTEGER NOT NULL,
    started_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
