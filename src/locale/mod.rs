//! Labels in several languages, and which one a caller reads.

mod labels;
mod language;
mod texts;
mod wanted;

pub use labels::Labels;
pub use language::{Language, canonical};
pub use texts::Texts;
pub use wanted::Wanted;
