//! Payments over HTTP, a file per verb.

mod answer;
pub mod shapes;

use crate::mount::Mount;

/// Mounts every operation of this feature.
pub fn routes(_config: &mut impl Mount) {}
