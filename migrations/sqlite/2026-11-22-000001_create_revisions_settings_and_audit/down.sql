DROP TABLE idempotency_keys;
DROP TABLE audit_log;
DROP TABLE settings;
DROP TABLE revisions;
DROP TABLE revision_counter;
