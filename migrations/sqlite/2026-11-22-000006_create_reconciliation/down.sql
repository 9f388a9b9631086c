DROP INDEX payments_not_compared;
DROP INDEX payments_open;
DROP TABLE reconciliation_findings;
DROP TABLE reconciliation_runs;
