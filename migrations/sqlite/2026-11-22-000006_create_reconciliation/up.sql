-- One comparison of many payments with Apruve. A run is worked off a few payments at a time; whoever does that leaves a mark
-- and a time after which others may take the run over.
CREATE TABLE reconciliation_runs (
    id TEXT NOT NULL PRIMARY KEY,
    trigger TEXT NOT NULL CHECK (trigger IN ('scheduled', 'caller')),
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed')),
    requested_by TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    -- How many payments there were to look at when it began, how many were looked at since, and what came of that.
    total BIGINT NOT NULL,
    looked BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unexplained BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    -- The last payment that was looked at, where they are taken in the order of their ids.
    position TEXT NOT NULL,
    lease TEXT,
    leased_until TIMESTAMP,
    -- When a few payments were last worked off, and how often the next few were begun since.
    progressed_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL
);
-- One run for each trigger at a time.
CREATE UNIQUE INDEX reconciliation_runs_running_key ON reconciliation_runs (trigger) WHERE state = 'running';
CREATE INDEX reconciliation_runs_started_at ON reconciliation_runs (started_at, id);

-- What a run came upon.
CREATE TABLE reconciliation_findings (
    run_id TEXT NOT NULL REFERENCES reconciliation_runs (id),
    payment_id TEXT NOT NULL REFERENCES payments (id),
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('healed', 'unexplained', 'failed')),
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    -- Apruve's id of what it is about.
    reference TEXT,
    PRIMARY KEY (run_id, payment_id, ordinal)
);

-- What is open at Apruve, and what of that nobody is to compare, which should be nothing.
CREATE INDEX payments_open ON payments (id) WHERE rests_since IS NULL AND provider_account IS NOT NULL;
CREATE INDEX payments_not_compared ON payments (id)
    WHERE rests_since IS NULL AND provider_account IS NOT NULL AND reconcile_at IS NULL;
