DROP TABLE credit_counter;
DROP TABLE credit_changes;
DROP TABLE credit_entry_accounts;
DROP TABLE credit_entries;
DROP TABLE integration_health;
