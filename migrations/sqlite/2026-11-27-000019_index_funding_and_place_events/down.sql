DROP INDEX invoices_with_funding;
DROP TRIGGER events_placed;
