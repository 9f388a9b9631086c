DROP TABLE payment_events;
DROP TABLE transactions;
DROP TABLE payment_checkouts;
DROP TABLE payments;
