ALTER TABLE payment_rules DROP COLUMN name_folded;
ALTER TABLE integrations DROP COLUMN name_folded;
