-- A replay takes its events up a few at a time. Those from before this migration took theirs up at once.
ALTER TABLE webhook_replays ADD COLUMN finished BOOLEAN NOT NULL DEFAULT TRUE;
-- How many it has taken up, and the last of them.
ALTER TABLE webhook_replays ADD COLUMN taken_up BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_replays ADD COLUMN position_at TIMESTAMP;
ALTER TABLE webhook_replays ADD COLUMN position_id TEXT;
UPDATE webhook_replays SET taken_up = total;
CREATE INDEX webhook_replays_unfinished ON webhook_replays (id) WHERE NOT finished;
