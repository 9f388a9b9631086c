//! The Apruve stand-in over real HTTP: what a client of ours may rely on when it is tested against it.

mod bed;
mod bodies;
mod call_faults;
mod checkout;
mod command;
mod credit;
mod receiver;
mod shops;
mod story;
mod webhook_faults;
