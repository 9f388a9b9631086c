//! The states of an event, and the table of their transitions.

use crate::string_enum::string_enum;

string_enum! {
    /// The state of an event.
    WebhookState as "WebhookEventState" {
        /// The event waits to be applied, for the first time or again.
        Received = "received",
        /// The payment was brought in line with the provider, except for its `findings`.
        Applied = "applied",
        /// The event has no effect; `outcome` says why.
        Ignored = "ignored",
        /// The event is about an order without a payment yet. It is applied again when a payment appears.
        Parked = "parked",
        /// Many attempts failed. Replay the event.
        Failed = "failed",
    }
}

/// A transition of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStep {
    Apply,
    Ignore,
    Park,
    /// The attempt failed; there will be another one.
    PutOff,
    GiveUp,
    Replay,
}

impl WebhookState {
    /// The state after a step; `None` if the transition does not exist.
    pub const fn after(self, step: EventStep) -> Option<WebhookState> {
        use WebhookState::{Applied, Failed, Ignored, Parked, Received};
        match (self, step) {
            (Received | Parked, EventStep::Apply) => Some(Applied),
            (Received | Parked, EventStep::Ignore) => Some(Ignored),
            (Received | Parked, EventStep::Park) => Some(Parked),
            // A parked event whose attempt fails stays parked.
            (Received | Parked, EventStep::PutOff) => Some(self),
            (Received | Parked, EventStep::GiveUp) => Some(Failed),
            (Received | Applied | Ignored | Parked | Failed, EventStep::Replay) => Some(Received),
            (Applied | Ignored | Failed, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_is_in_the_table() {
        use EventStep::{Apply, GiveUp, Ignore, Park, PutOff, Replay};
        use WebhookState::{Applied, Failed, Ignored, Parked, Received};
        let moves = |state: WebhookState| {
            [Apply, Ignore, Park, PutOff, GiveUp, Replay].map(|step| state.after(step))
        };
        let at_rest = [None, None, None, None, None, Some(Received)];
        for (state, expected) in [
            (
                Received,
                [Applied, Ignored, Parked, Received, Failed, Received].map(Some),
            ),
            (
                Parked,
                [Applied, Ignored, Parked, Parked, Failed, Received].map(Some),
            ),
            (Applied, at_rest),
            (Ignored, at_rest),
            (Failed, at_rest),
        ] {
            assert_eq!(moves(state), expected, "{state:?}");
        }
    }

    #[test]
    fn every_state_is_read_as_it_is_written() {
        for state in WebhookState::ALL.iter().copied() {
            assert_eq!(WebhookState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::json!(state), state.as_str());
        }
        assert_eq!(WebhookState::parse("Received"), None);
    }
}
