DROP INDEX invoices_with_funding;
