-- Sorted texts are COLLATE "C", so that pages come in the same order as from SQLite, whatever the server's locale.
CREATE TABLE payment_rules (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    enabled BOOLEAN NOT NULL,
    sort_order INTEGER NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    stop_processing BOOLEAN NOT NULL,
    expression TEXT,
    destinations TEXT NOT NULL,
    websites TEXT NOT NULL,
    active_from TIMESTAMP,
    active_until TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX payment_rules_sort_order_id ON payment_rules (sort_order, id);

CREATE TABLE payment_rule_methods (
    rule_id TEXT NOT NULL REFERENCES payment_rules (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    options TEXT,
    PRIMARY KEY (rule_id, position),
    CONSTRAINT payment_rule_methods_rule_id_integration_id_key UNIQUE (rule_id, integration_id)
);
CREATE INDEX payment_rule_methods_integration_id ON payment_rule_methods (integration_id);

-- The countries of a rule's destinations, so that rules can be listed by country.
CREATE TABLE payment_rule_countries (
    rule_id TEXT NOT NULL REFERENCES payment_rules (id) ON DELETE CASCADE,
    country TEXT NOT NULL,
    PRIMARY KEY (rule_id, country)
);
CREATE INDEX payment_rule_countries_country ON payment_rule_countries (country);

-- Every version of every rule, so that any revision of the whole set can be told and restored.
CREATE TABLE payment_rule_versions (
    rule_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    revision BIGINT NOT NULL REFERENCES revisions (number),
    deleted BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (rule_id, version)
);
CREATE INDEX payment_rule_versions_revision ON payment_rule_versions (revision);
