-- The shop's own name for an operation: `refundReference`, `trackingNumber` or `merchantInvoiceId`, with a hash of the fields
-- that were given under it, by which a repeat is told from another request.
ALTER TABLE transactions ADD COLUMN natural_key TEXT;
ALTER TABLE transactions ADD COLUMN content_hash TEXT;
-- The same of rows from before, whose fields nobody knows any more; one may stand several times.
ALTER TABLE transactions ADD COLUMN earlier_key TEXT;

-- Details that cannot be read as JSON have no key; they must not stop the upgrade.
UPDATE transactions
SET earlier_key = NULLIF(CASE
    WHEN action = 'invoice' THEN number
    WHEN NOT json_valid(details) THEN NULL
    WHEN action = 'refund' THEN CAST(json_extract(details, '$.refund.refundReference') AS TEXT)
    WHEN action = 'shipment' THEN CAST(json_extract(details, '$.shipment.trackingNumber') AS TEXT)
END, '')
WHERE origin = 'caller' AND action IN ('invoice', 'refund', 'shipment');

-- Numbers of invoices are unique within their integration already.
CREATE UNIQUE INDEX transactions_parent_id_action_natural_key_key ON transactions (parent_id, action, natural_key)
    WHERE action IN ('refund', 'shipment') AND state <> 'failed';
CREATE INDEX transactions_parent_id_earlier_key ON transactions (parent_id, earlier_key) WHERE earlier_key IS NOT NULL;
