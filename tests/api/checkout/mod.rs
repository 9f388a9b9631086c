mod availability;
mod explain;
mod freshness;
mod payment_methods;
