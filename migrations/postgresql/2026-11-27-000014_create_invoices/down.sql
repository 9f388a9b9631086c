DROP TABLE invoice_overdue_notices;
DROP TABLE invoices;
DROP INDEX payments_unlisted;
ALTER TABLE payments DROP COLUMN listed_version;
DROP INDEX transactions_booked_at;
ALTER TABLE transactions DROP COLUMN booked_at;
