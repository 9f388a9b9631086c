-- A release with this migration and an older one cannot share a database: `active` and `ordinal` have no default, so that the
-- inserts of an older release fail instead of mixing.

-- Which of the provider's captures and reversals of its invoice it is, from 1; 0 for everything else.
ALTER TABLE transactions ADD COLUMN ordinal INTEGER;
-- Captures from before were one for an invoice, and a reversal hung under its capture.
UPDATE transactions SET ordinal = CASE
    WHEN transactions.origin <> 'provider' OR transactions.action NOT IN ('capture', 'reversal') THEN 0
    WHEN transactions.action = 'reversal' THEN numbered.place + 1
    ELSE numbered.place
END
FROM (
    SELECT id, ROW_NUMBER() OVER (PARTITION BY parent_id, action, origin ORDER BY id) AS place FROM transactions
) numbered
WHERE numbered.id = transactions.id;
ALTER TABLE transactions ALTER COLUMN ordinal SET NOT NULL;
DROP INDEX transactions_parent_id_key;
-- What came of an invoice, and what was taken back of it, is booked once each.
CREATE UNIQUE INDEX transactions_parent_id_ordinal_key ON transactions (parent_id, ordinal)
    WHERE action IN ('capture', 'reversal') AND origin = 'provider';

-- Whether the payment by itself counts as live; of those that do, one for each order is `live`.
ALTER TABLE payments ADD COLUMN active BOOLEAN;
UPDATE payments SET active =
    captured > refunded
    OR authorized - canceled - invoiced > 0
    OR (amount - canceled - (returned - refunded) - captured > 0
        AND NOT (authorized = 0 AND captured = 0 AND EXISTS (
            SELECT 1 FROM transactions t WHERE t.payment_id = payments.id AND t.action = 'purchase' AND t.state = 'failed')))
    OR status = 'pending'
    OR EXISTS (SELECT 1 FROM transactions t WHERE t.payment_id = payments.id AND t.state IN ('pending', 'unknown'));
ALTER TABLE payments ALTER COLUMN active SET NOT NULL;

DROP INDEX payments_live_order_key;
-- What was refunded whole is not over while something of it may still be invoiced or paid.
UPDATE payments SET status = 'partially_refunded'
WHERE status = 'refunded'
    AND (authorized - canceled - invoiced > 0 OR amount - canceled - (returned - refunded) - captured > 0);
-- Of several that count for one order the oldest has it.
UPDATE payments SET live = active AND NOT EXISTS (
    SELECT 1 FROM payments o
    WHERE o.active AND o.order_id = payments.order_id AND COALESCE(o.website, '') = COALESCE(payments.website, '')
        AND (o.created_at < payments.created_at OR (o.created_at = payments.created_at AND o.id < payments.id)));
UPDATE payments SET rests_since = NULL
WHERE active AND amount - canceled - (returned - refunded) - captured > 0;
CREATE UNIQUE INDEX payments_live_order_key ON payments (COALESCE(website, ''), order_id) WHERE live;
CREATE INDEX payments_waiting_for_order ON payments (order_id) WHERE active AND NOT live;
