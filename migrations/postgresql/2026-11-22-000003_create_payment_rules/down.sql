DROP TABLE payment_rule_versions;
DROP TABLE payment_rule_countries;
DROP TABLE payment_rule_methods;
DROP TABLE payment_rules;
