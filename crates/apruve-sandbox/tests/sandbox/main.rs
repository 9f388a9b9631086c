//! The Apruve stand-in over real HTTP: what a client of ours may rely on when it is tested against it.

mod bed;
mod bodies;
mod call_faults;
mod checkout;
mod credit;
mod options;
mod receiver;
mod shops;
mod story;
mod webhook_faults;
