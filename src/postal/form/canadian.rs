//! Canadian codes, such as `K1A 0B1`. Patterns cannot be ranges.

use super::shape;
use crate::postal::pattern::{BadPattern, Pattern, PatternDraft, ReadPattern};

const FULL: &str = "A9A9A9";

pub fn read(draft: &PatternDraft<'_>) -> ReadPattern {
    let instead = match &draft.part {
        Pattern::Code(code) if shape::is(code, FULL) => return Ok(Pattern::Code(code.clone())),
        Pattern::Code(code) if shape::begins(code, FULL) => format!("`{code}*`"),
        Pattern::Prefix(prefix) => {
            let prefix = prefix.replace(' ', "");
            if shape::begins(&prefix, FULL) {
                return Ok(Pattern::Prefix(prefix));
            }
            EXAMPLES.to_owned()
        }
        Pattern::Code(_) => EXAMPLES.to_owned(),
        Pattern::Range(..) => "an entry such as `K1A*` for each beginning".to_owned(),
    };
    Err(BadPattern::never(draft, "a Canadian", &instead))
}

const EXAMPLES: &str = "it like `K1A 0B1` or `K1A*`";
