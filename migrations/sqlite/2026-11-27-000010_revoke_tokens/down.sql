ALTER TABLE revision_counter DROP COLUMN token_revocations;
DROP TABLE token_revocations;
