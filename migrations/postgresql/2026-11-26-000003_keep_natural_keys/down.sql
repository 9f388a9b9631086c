DROP INDEX transactions_parent_id_earlier_key;
DROP INDEX transactions_parent_id_action_natural_key_key;
ALTER TABLE transactions DROP COLUMN earlier_key;
ALTER TABLE transactions DROP COLUMN content_hash;
ALTER TABLE transactions DROP COLUMN natural_key;
