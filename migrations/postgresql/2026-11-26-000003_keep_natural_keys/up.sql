-- The shop's own name for an operation: `refundReference`, `trackingNumber` or `merchantInvoiceId`, with a hash of the fields
-- that were given under it, by which a repeat is told from another request.
ALTER TABLE transactions ADD COLUMN natural_key TEXT COLLATE "C";
ALTER TABLE transactions ADD COLUMN content_hash TEXT COLLATE "C";
-- The same of rows from before, whose fields nobody knows any more; one may stand several times.
ALTER TABLE transactions ADD COLUMN earlier_key TEXT COLLATE "C";

-- Details that cannot be read as JSON have no key; they must not stop the upgrade.
CREATE FUNCTION earlier_key_of(details TEXT, path TEXT[]) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN details::json #>> path;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

UPDATE transactions
SET earlier_key = NULLIF(CASE action
    WHEN 'invoice' THEN number
    WHEN 'refund' THEN earlier_key_of(details, '{refund,refundReference}')
    WHEN 'shipment' THEN earlier_key_of(details, '{shipment,trackingNumber}')
END, '')
WHERE origin = 'caller' AND action IN ('invoice', 'refund', 'shipment');

DROP FUNCTION earlier_key_of(TEXT, TEXT[]);

-- Numbers of invoices are unique within their integration already.
CREATE UNIQUE INDEX transactions_parent_id_action_natural_key_key ON transactions (parent_id, action, natural_key)
    WHERE action IN ('refund', 'shipment') AND state <> 'failed';
CREATE INDEX transactions_parent_id_earlier_key ON transactions (parent_id, earlier_key) WHERE earlier_key IS NOT NULL;
