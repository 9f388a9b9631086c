-- Each list and each look of a worker reads an index in its order, however many rows there are.
DROP INDEX webhook_events_due_at;
CREATE INDEX webhook_events_due_at ON webhook_events (due_at, id) WHERE due_at IS NOT NULL;
DROP INDEX payments_reconcile_at;
CREATE INDEX payments_reconcile_at ON payments (reconcile_at, id) WHERE reconcile_at IS NOT NULL;
DROP INDEX payments_ended;
CREATE INDEX payments_ended ON payments (id, rests_since)
    WHERE captured = 0 AND provider_account IS NOT NULL AND rests_since IS NOT NULL;
-- A shop that waits for its money, by either of the two beginnings.
DROP INDEX payments_unfunded_since;
CREATE INDEX payments_unfunded_since ON payments (integration_id, unfunded_since) WHERE unfunded_since IS NOT NULL;
CREATE INDEX payments_unfunded_shipped_since ON payments (integration_id, unfunded_shipped_since)
    WHERE unfunded_shipped_since IS NOT NULL;
-- What a list is narrowed to, in the order of lists: then no other index promises less.
CREATE INDEX payments_website ON payments (website, created_at DESC, id);
DROP INDEX payments_integration_id;
CREATE INDEX payments_integration_id ON payments (integration_id, created_at DESC, id);
DROP INDEX payments_status;
CREATE INDEX payments_status ON payments (status, created_at DESC, id);
DROP INDEX payments_unsettled;
CREATE INDEX payments_unsettled ON payments (created_at DESC, id) WHERE unsettled;
-- An order that falls wants ids rising all the same; without an index for just that, SQLite sorts the table for a small page.
CREATE INDEX payments_created_at_falling ON payments (created_at DESC, id);
DROP INDEX payments_updated_at;
CREATE INDEX payments_updated_at ON payments (updated_at, id);
CREATE INDEX payments_updated_at_falling ON payments (updated_at DESC, id);
DROP INDEX payments_order_id;
CREATE INDEX payments_order_id ON payments (order_id, id);
CREATE INDEX payments_order_id_falling ON payments (order_id DESC, id);
CREATE INDEX webhook_events_received_at_falling ON webhook_events (received_at DESC, id);
CREATE INDEX payments_amount ON payments (amount, id);
CREATE INDEX payments_amount_falling ON payments (amount DESC, id);
DROP INDEX webhook_events_state;
CREATE INDEX webhook_events_state ON webhook_events (state, received_at DESC, id);
CREATE INDEX webhook_events_event ON webhook_events (event, received_at DESC, id);
CREATE INDEX webhook_events_payment_id ON webhook_events (payment_id, received_at DESC, id) WHERE payment_id IS NOT NULL;
CREATE INDEX webhook_events_integration_id ON webhook_events (integration_id, received_at DESC, id);
CREATE INDEX webhook_events_verified ON webhook_events (verified, received_at DESC, id);
CREATE INDEX webhook_events_state_rising ON webhook_events (state, id);
CREATE INDEX webhook_events_state_falling ON webhook_events (state DESC, id);
DROP INDEX webhook_events_replay_id;
CREATE INDEX webhook_events_replay_id ON webhook_events (replay_id) WHERE replay_id IS NOT NULL AND state = 'received';
CREATE INDEX findings_unresolved ON findings (code) WHERE open_key IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor, happened_at);
CREATE INDEX audit_log_action ON audit_log (action, happened_at);
