-- What a list is narrowed to, in the order of lists.
CREATE INDEX payments_po_number ON payments (po_number, created_at DESC, id) WHERE po_number IS NOT NULL;
CREATE INDEX payments_provider_order_id ON payments (provider_order_id) WHERE provider_order_id IS NOT NULL;
CREATE INDEX payments_currency ON payments (currency, created_at DESC, id);
DROP INDEX payments_buyer_customer_id;
CREATE INDEX payments_buyer_customer_id ON payments (buyer_customer_id, created_at DESC, id)
    WHERE buyer_customer_id IS NOT NULL;
-- What `q` searches, without regard to the case of the letters A to Z.
CREATE INDEX payments_order_id_lower ON payments (lower(order_id));
CREATE INDEX payments_po_number_lower ON payments (lower(po_number)) WHERE po_number IS NOT NULL;
CREATE INDEX payments_provider_order_id_lower ON payments (lower(provider_order_id)) WHERE provider_order_id IS NOT NULL;
CREATE INDEX payments_buyer_customer_id_lower ON payments (lower(buyer_customer_id)) WHERE buyer_customer_id IS NOT NULL;
CREATE INDEX payments_buyer_customer_name_lower ON payments (lower(buyer_customer_name)) WHERE buyer_customer_name IS NOT NULL;
CREATE INDEX transactions_reference_lower ON transactions (lower(reference)) WHERE reference IS NOT NULL;
CREATE INDEX transactions_caller_reference_lower ON transactions (lower(caller_reference)) WHERE caller_reference IS NOT NULL;
CREATE INDEX transactions_number_lower ON transactions (lower(number)) WHERE number IS NOT NULL;
-- Deliveries are listed the newest first, also those in one state.
CREATE INDEX deliveries_listed_falling ON deliveries (endpoint_id, created_at DESC, id);
CREATE INDEX deliveries_state ON deliveries (endpoint_id, state, created_at DESC, id);
