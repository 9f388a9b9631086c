//! Payments over HTTP, a file per verb.

mod answer;
mod authorize;
mod bodies;
mod create;
mod list;
mod read;
pub mod shapes;

use super::not_done::NotDone;
use crate::{ids::PaymentId, mount::Mount, problem::Problem};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Mount) {
    config
        .mount(create::create_payment)
        .mount(create::create_payment_on_behalf)
        .mount(list::list_payments)
        .mount(read::get_payment)
        .mount(authorize::authorize_payment);
}

/// The id in a path; one that cannot be read names nothing.
fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse().map_err(|_| NotDone::NotFound.into())
}
