DROP INDEX webhook_replays_unfinished;
ALTER TABLE webhook_replays DROP COLUMN position_id;
ALTER TABLE webhook_replays DROP COLUMN position_at;
ALTER TABLE webhook_replays DROP COLUMN taken_up;
ALTER TABLE webhook_replays DROP COLUMN finished;
