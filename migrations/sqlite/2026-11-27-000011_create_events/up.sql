-- What happened to payments, findings, integrations and rules, for those who follow it from outside.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    -- The id of what it happened to.
    subject TEXT NOT NULL,
    website TEXT,
    occurred_at TIMESTAMP NOT NULL,
    -- The member `data`, as JSON.
    payload TEXT NOT NULL,
    -- Grows with each row that is written; events of one payment are written in the order of its versions.
    ordinal BIGINT NOT NULL,
    -- Its place in the feed. NULL: not given yet.
    sequence BIGINT,
    CONSTRAINT events_sequence_key UNIQUE (sequence)
);
CREATE INDEX events_unnumbered ON events (ordinal) WHERE sequence IS NULL;

-- The last place in the feed that was given, and who gives the next ones.
CREATE TABLE event_sequence (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    last BIGINT NOT NULL,
    holder TEXT,
    leased_until TIMESTAMP
);
INSERT INTO event_sequence (only_row, last) VALUES (1, 0);

-- The moment since when overdue money was waited for when that was last noted; each such moment is noted once.
ALTER TABLE payments ADD COLUMN overdue_noted_for TIMESTAMP;
