//! The sandbox over real HTTP: what a client may rely on when it is tested against it.

mod bodies;
mod call_faults;
mod checkout;
mod credit;
mod options;
mod receiver;
mod shops;
mod story;
mod test_sandbox;
mod webhook_faults;
