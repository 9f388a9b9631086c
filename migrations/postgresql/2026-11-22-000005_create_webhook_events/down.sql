DROP INDEX payments_updated_at;
DROP TABLE webhook_replays;
DROP TABLE webhook_events;
