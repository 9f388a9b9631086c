-- Where events are posted to.
CREATE TABLE notification_endpoints (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    -- Words such as payment.paid or payment.*, as a JSON list.
    types TEXT NOT NULL,
    -- As a JSON list; NULL is every website, and what belongs to none.
    websites TEXT,
    description TEXT,
    enabled BOOLEAN NOT NULL,
    -- Why the service switched it off by itself.
    disabled_reason TEXT COLLATE "C",
    -- The event up to which deliveries were made.
    position BIGINT NOT NULL,
    -- Since when every attempt has failed.
    failing_since TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Its deliveries go a few at a time, and the row goes last.
    deleted_at TIMESTAMP
);

-- The secrets that deliveries are signed with, by endpoint.
CREATE TABLE notification_secrets (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    endpoint_id TEXT COLLATE "C" NOT NULL REFERENCES notification_endpoints (id),
    sealed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- NULL: the present one.
    expires_at TIMESTAMP
);
CREATE INDEX notification_secrets_endpoint ON notification_secrets (endpoint_id);

-- An event for an endpoint. The event itself may be forgotten before.
CREATE TABLE deliveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    endpoint_id TEXT COLLATE "C" NOT NULL REFERENCES notification_endpoints (id),
    event_id TEXT COLLATE "C" NOT NULL,
    event_type TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    -- Of the last attempt.
    status INTEGER,
    duration_ms BIGINT,
    failure TEXT COLLATE "C",
    attempted_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    -- When the next attempt is due, or the end of the lease of the present one. NULL: there is none.
    due_at TIMESTAMP,
    lease TEXT COLLATE "C",
    CONSTRAINT deliveries_endpoint_id_event_id_key UNIQUE (endpoint_id, event_id)
);
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at);
CREATE INDEX deliveries_listed ON deliveries (endpoint_id, created_at, id);
CREATE INDEX deliveries_leased ON deliveries (endpoint_id) WHERE lease IS NOT NULL;
CREATE INDEX deliveries_finished ON deliveries (created_at) WHERE due_at IS NULL;
