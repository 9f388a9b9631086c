mod availability;
mod budget;
mod explain;
mod freshness;
mod languages;
mod payment_methods;
mod places;
mod sums;
