-- An older release knows one capture of the provider for an invoice; the others count all the same when they are the caller's.
UPDATE transactions SET origin = 'caller'
WHERE action = 'capture' AND origin = 'provider' AND ordinal > (
    SELECT MIN(first.ordinal) FROM transactions first
    WHERE first.parent_id = transactions.parent_id AND first.action = 'capture' AND first.origin = 'provider');
UPDATE payments SET status = 'refunded' WHERE status = 'partially_refunded' AND refunded >= captured;
UPDATE payments SET live = FALSE
WHERE status IN ('canceled', 'declined', 'expired')
    OR (status = 'refunded' AND authorized - canceled - invoiced <= 0);
UPDATE payments SET rests_since = (SELECT MAX(t.updated_at) FROM transactions t WHERE t.payment_id = payments.id)
WHERE rests_since IS NULL AND NOT live AND NOT unsettled AND unfunded_since IS NULL;
DROP INDEX payments_waiting_for_order;
DROP INDEX transactions_parent_id_ordinal_key;
ALTER TABLE payments DROP COLUMN active;
ALTER TABLE transactions DROP COLUMN ordinal;
CREATE UNIQUE INDEX transactions_parent_id_key ON transactions (parent_id) WHERE action = 'capture' AND origin = 'provider';
