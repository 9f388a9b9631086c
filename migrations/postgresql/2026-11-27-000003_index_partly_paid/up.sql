-- Payments that were paid in part and have no note since when they wait for the rest.
CREATE INDEX payments_partly_paid ON payments (id) WHERE unfunded_since IS NULL AND captured > 0 AND invoiced > captured;
