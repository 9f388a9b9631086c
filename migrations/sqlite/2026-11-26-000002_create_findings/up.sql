-- Something at a provider that a payment does not explain and that a person has to look at.
CREATE TABLE findings (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
    message TEXT NOT NULL,
    payment_id TEXT REFERENCES payments (id),
    integration_id TEXT REFERENCES integrations (id),
    -- The provider's id of what it is about.
    provider_reference TEXT,
    expected TEXT,
    observed TEXT,
    opened_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    acknowledged_by TEXT,
    note TEXT,
    resolved_at TIMESTAMP,
    version BIGINT NOT NULL,
    -- Code, subject and reference as long as it is not resolved, so that the same is open once.
    open_key TEXT,
    CONSTRAINT findings_open_key_key UNIQUE (open_key),
    CHECK ((open_key IS NULL) = (state = 'resolved')),
    CHECK ((resolved_at IS NULL) = (state <> 'resolved'))
);
CREATE INDEX findings_opened_at ON findings (opened_at, id);
CREATE INDEX findings_last_seen_at ON findings (last_seen_at, id);
CREATE INDEX findings_payment_id ON findings (payment_id, opened_at);
CREATE INDEX findings_integration_id ON findings (integration_id, opened_at);

-- Which findings an event led to.
CREATE TABLE webhook_event_findings (
    event_id TEXT NOT NULL REFERENCES webhook_events (id),
    finding_id TEXT NOT NULL REFERENCES findings (id),
    PRIMARY KEY (event_id, finding_id)
);

-- Runs keep what they found in their own words; new ones also say which finding it is.
ALTER TABLE reconciliation_findings ADD COLUMN finding_id TEXT;

-- Attempts that ended are compared for 120 days. Until now that was done once, a day after the end.
UPDATE payments SET reconcile_at = rests_since
WHERE reconcile_at IS NULL AND captured = 0 AND provider_account IS NOT NULL AND rests_since > datetime('now', '-120 days');
-- Reconciliation looks for them by this.
CREATE INDEX payments_ended ON payments (rests_since) WHERE captured = 0 AND provider_account IS NOT NULL;
