//! Labels in several languages, and the choice of the language for a caller.

mod labels;
mod language;
mod texts;
mod wanted;

pub use labels::Labels;
pub use language::{Language, canonical};
pub use texts::Texts;
pub use wanted::Wanted;
