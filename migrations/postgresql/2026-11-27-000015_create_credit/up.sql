-- How accounts at payment providers answer. An integration without a row has answered every call so far.
CREATE TABLE integration_health (
    integration_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES integrations (id),
    state TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    since TIMESTAMP NOT NULL,
    -- Since when every answer has rejected the API key with status 401.
    unauthorized_since TIMESTAMP,
    -- When the account is checked next. NULL: not before something is wrong.
    due_at TIMESTAMP
);
CREATE INDEX integration_health_due ON integration_health (due_at) WHERE due_at IS NOT NULL;

-- What was read of a buyer's credit.
CREATE TABLE credit_entries (
    -- The integration and the keyed hash of the buyer's e-mail address.
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (id),
    email_hash TEXT COLLATE "C" NOT NULL,
    sealed TEXT NOT NULL,
    read_at TIMESTAMP NOT NULL,
    -- The change that wrote it.
    number BIGINT NOT NULL
);
CREATE INDEX credit_entries_hash ON credit_entries (email_hash);
CREATE INDEX credit_entries_read ON credit_entries (read_at);

-- The accounts at the provider that an entry tells of.
CREATE TABLE credit_entry_accounts (
    entry_id TEXT COLLATE "C" NOT NULL REFERENCES credit_entries (id),
    account_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entry_id, account_id)
);
CREATE INDEX credit_entry_accounts_account ON credit_entry_accounts (account_id);

-- What became outdated or was read anew, for the other replicas, in the order of the commits.
CREATE TABLE credit_changes (
    number BIGINT NOT NULL PRIMARY KEY,
    integration_id TEXT COLLATE "C" NOT NULL,
    -- NULL with NULL in account_id: every entry of the integration.
    email_hash TEXT COLLATE "C",
    -- An empty text: every entry without an account.
    account_id TEXT COLLATE "C",
    -- Whether what was read before is wrong now; otherwise it was read anew.
    outdated BOOLEAN NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX credit_changes_at ON credit_changes (changed_at);

-- The number of the last change; one row.
CREATE TABLE credit_counter (
    only_row INTEGER NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO credit_counter (only_row, last) VALUES (1, 0);
