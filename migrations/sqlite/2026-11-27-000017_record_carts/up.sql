-- Carts of checkout as far as they are kept for trying rules.
CREATE TABLE recorded_carts (
    id TEXT NOT NULL PRIMARY KEY,
    recorded_at TIMESTAMP NOT NULL,
    -- The keyed hash of the buyer's e-mail address, by which the cart is erased.
    email_hash TEXT,
    -- What is kept of the cart, and the names of what is not.
    sealed TEXT NOT NULL
);
CREATE INDEX recorded_carts_at ON recorded_carts (recorded_at);
CREATE INDEX recorded_carts_hash ON recorded_carts (email_hash) WHERE email_hash IS NOT NULL;

-- Trials of other rules on recorded carts. One is worked off some carts at a time; whoever does that leaves a mark and a time
-- after which others may take it over.
CREATE TABLE what_ifs (
    id TEXT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed')),
    requested_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    window_from TIMESTAMP,
    window_until TIMESTAMP,
    -- The last moment of which carts are read: a trial ends however many are recorded meanwhile.
    read_until TIMESTAMP NOT NULL,
    -- The rules that are tried: those of a revision, or others as JSON.
    revision BIGINT,
    rules TEXT,
    -- The revision they are compared with.
    live_revision BIGINT NOT NULL,
    total BIGINT NOT NULL,
    evaluated BIGINT NOT NULL,
    -- What came of the carts so far, as JSON; carts by their ids.
    tally TEXT NOT NULL,
    -- The last cart that was read.
    position TEXT NOT NULL,
    lease TEXT,
    leased_until TIMESTAMP,
    -- How often the next carts were begun.
    attempts INTEGER NOT NULL
);
CREATE INDEX what_ifs_running ON what_ifs (created_at) WHERE status = 'running';
CREATE INDEX what_ifs_created_at ON what_ifs (created_at, id);
