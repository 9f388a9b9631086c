DROP INDEX payments_partly_paid;
