-- What checkout sees of an integration, as each revision left it: never secrets. Rules have versions of their own.
CREATE TABLE integration_versions (
    integration_id TEXT NOT NULL,
    revision BIGINT NOT NULL REFERENCES revisions (number),
    version BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (integration_id, revision)
);
CREATE INDEX integration_versions_revision ON integration_versions (revision);

-- The settings as a revision left them.
CREATE TABLE settings_versions (
    revision BIGINT NOT NULL PRIMARY KEY REFERENCES revisions (number),
    body TEXT NOT NULL
);

-- Whether all that checkout saw at the revision is kept. An older version of the service leaves it false; so does whatever
-- comes after that until everything is recorded again.
ALTER TABLE revisions ADD COLUMN complete BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX revisions_changed_at_number ON revisions (changed_at, number);

CREATE TABLE rule_tests (
    position INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    cart TEXT NOT NULL,
    judged_at TIMESTAMP,
    expectation TEXT NOT NULL
);

-- The version of all tests together, and how many there are.
CREATE TABLE rule_test_set (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    version BIGINT NOT NULL,
    tests INTEGER NOT NULL
);
INSERT INTO rule_test_set (only_row, version, tests) VALUES (1, 0, 0);
