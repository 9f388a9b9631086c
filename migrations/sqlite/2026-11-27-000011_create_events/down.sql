ALTER TABLE payments DROP COLUMN overdue_noted_for;
DROP TABLE event_sequence;
DROP TABLE events;
