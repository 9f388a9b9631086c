//! What one request may spend on expressions.

/// Steps and bytes left to spend. One budget serves a whole request, however many expressions it asks, so that no rule
/// set and no document can hold a thread: the standard budget is used up within some tens of milliseconds.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
}

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exhausted;

/// So many bytes cost as much as one step.
const BYTES_A_STEP: usize = 16;

impl Budget {
    /// What a request gets: enough for thousands of ordinary rules over a large cart.
    pub const STANDARD: u64 = 2_000_000;

    /// A budget of so many steps; sixteen bytes looked at cost one step.
    pub fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// Steps not spent yet.
    pub fn left(&self) -> u64 {
        self.left
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Exhausted> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Exhausted)
            }
        }
    }

    pub(super) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.spend((bytes / BYTES_A_STEP) as u64)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::STANDARD)
    }
}
