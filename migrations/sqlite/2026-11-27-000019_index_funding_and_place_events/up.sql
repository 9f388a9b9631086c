-- An event gets its place in the feed in the statement that writes it. A release before gives the places itself.
CREATE TRIGGER events_placed AFTER INSERT ON events WHEN NEW.sequence IS NULL
BEGIN
    UPDATE event_sequence SET last = last + 1;
    UPDATE events SET sequence = (SELECT last FROM event_sequence), ordinal = (SELECT last FROM event_sequence)
    WHERE id = NEW.id;
END;

-- Lists of invoices that the provider has paid something for, which are few among many.
CREATE INDEX invoices_with_funding ON invoices (created_at DESC, id) WHERE funded_at < '9999-12-31 00:00:00';
