mod availability;
mod budget;
mod explain;
mod freshness;
mod payment_methods;
mod places;
