-- The name without regard to case, by which lists are narrowed. The service fills it when it has migrated.
ALTER TABLE integrations ADD COLUMN name_folded TEXT;
ALTER TABLE payment_rules ADD COLUMN name_folded TEXT;
