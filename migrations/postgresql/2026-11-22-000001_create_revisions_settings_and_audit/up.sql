-- Every change that checkout can see gets the next number; replicas poll the newest one.
CREATE TABLE revision_counter (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    number BIGINT NOT NULL
);
INSERT INTO revision_counter (only_row, number) VALUES (1, 0);

CREATE TABLE revisions (
    number BIGINT NOT NULL PRIMARY KEY,
    changed_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('rules', 'integrations', 'settings')),
    action TEXT NOT NULL,
    summary TEXT NOT NULL
);

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE audit_log (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    happened_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    request_id TEXT,
    changes TEXT NOT NULL
);
CREATE INDEX audit_log_happened_at_id ON audit_log (happened_at, id);
CREATE INDEX audit_log_resource_type_resource_id ON audit_log (resource_type, resource_id);

CREATE FUNCTION audit_log_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only';
END;
$$;
CREATE TRIGGER audit_log_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuses_change();

CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    operation TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, route, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_operation ON idempotency_keys (operation);
