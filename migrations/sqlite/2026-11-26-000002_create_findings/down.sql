DROP INDEX payments_ended;
ALTER TABLE reconciliation_findings DROP COLUMN finding_id;
DROP TABLE webhook_event_findings;
DROP TABLE findings;
