-- Lists of invoices that the provider has paid something for, which are few among many.
CREATE INDEX invoices_with_funding ON invoices (created_at DESC, id) WHERE funded_at < '9999-12-31 00:00:00';
