-- There is room for one: the last one given.
UPDATE payment_checkouts
SET secure_hash = (
    SELECT later.secure_hash
    FROM payment_secure_hashes later
    WHERE later.payment_id = payment_checkouts.payment_id
    ORDER BY later.handed_out_at DESC, later.secure_hash DESC
    LIMIT 1
)
WHERE payment_id IN (SELECT payment_id FROM payment_secure_hashes);
DROP TABLE payment_secure_hashes;
