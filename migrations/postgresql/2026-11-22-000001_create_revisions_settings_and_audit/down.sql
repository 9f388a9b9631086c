DROP TABLE idempotency_keys;
DROP TABLE audit_log;
DROP FUNCTION audit_log_refuses_change;
DROP TABLE settings;
DROP TABLE revisions;
DROP TABLE revision_counter;
