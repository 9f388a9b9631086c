DROP INDEX payment_rules_name;
