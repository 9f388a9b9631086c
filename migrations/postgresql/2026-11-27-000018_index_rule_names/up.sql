-- An import finds the rules of a file by their names.
CREATE INDEX payment_rules_name ON payment_rules (name);
