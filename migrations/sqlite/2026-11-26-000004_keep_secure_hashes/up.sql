-- The secure hashes that a popup was given later than the first, which is with the checkout: one for each API key that the
-- integration had meanwhile. The buyer's order may carry any of them.
CREATE TABLE payment_secure_hashes (
    payment_id TEXT NOT NULL REFERENCES payments (id),
    secure_hash TEXT NOT NULL,
    handed_out_at TIMESTAMP NOT NULL,
    PRIMARY KEY (payment_id, secure_hash)
);
