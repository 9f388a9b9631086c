//! The pauses after failed attempts, and the maximum number of attempts.

use chrono::TimeDelta;

/// The pauses between the attempts at one item.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The pause after the first attempt, the second and so on; the last one applies to all further attempts.
    pub pauses: &'static [TimeDelta],
    /// The maximum number of attempts.
    pub most_attempts: i32,
}

impl Backoff {
    /// The pause after this number of attempts; `None` if there is no further attempt.
    pub fn pause_after(&self, attempts: i32) -> Option<TimeDelta> {
        if attempts >= self.most_attempts {
            return None;
        }
        let nth = usize::try_from(attempts - 1).unwrap_or(0);
        self.pauses.get(nth).or(self.pauses.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pause_holds_until_the_attempts_are_used_up() {
        const PAUSES: [TimeDelta; 2] = [TimeDelta::seconds(5), TimeDelta::minutes(1)];
        let backoff = Backoff {
            pauses: &PAUSES,
            most_attempts: 5,
        };
        let pauses: Vec<_> = (0..=6)
            .map(|attempts| backoff.pause_after(attempts).map(|it| it.num_seconds()))
            .collect();
        let expected = [Some(5), Some(5), Some(60), Some(60), Some(60), None, None];
        assert_eq!(pauses, expected);
    }

    #[test]
    fn without_pauses_nothing_is_tried_again() {
        let backoff = Backoff {
            pauses: &[],
            most_attempts: 5,
        };
        assert_eq!(backoff.pause_after(1), None);
    }
}
