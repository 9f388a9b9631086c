-- Postal codes are now read by their country's form. The first start lists the patterns that mean something else.
INSERT INTO settings (key, value)
SELECT 'upgrade.listPostalPatterns', 'pending' WHERE EXISTS (SELECT 1 FROM payment_rules);
