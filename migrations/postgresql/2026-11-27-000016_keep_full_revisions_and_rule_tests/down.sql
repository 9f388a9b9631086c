DROP TABLE rule_test_set;
DROP TABLE rule_tests;
DROP INDEX revisions_changed_at_number;
ALTER TABLE revisions DROP COLUMN complete;
DROP TABLE settings_versions;
DROP TABLE integration_versions;
