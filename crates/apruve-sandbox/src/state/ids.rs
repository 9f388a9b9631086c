//! Ids of 32 lower-case hex characters; the same seed produces the same ids.

use aws_lc_rs::digest::{SHA256, digest};

/// Generates ids.
pub struct Ids {
    seed: u64,
    made: u64,
}

impl Ids {
    pub fn new(seed: u64) -> Self {
        Ids { seed, made: 0 }
    }

    /// The next id.
    pub fn fresh(&mut self) -> String {
        self.made += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.seed.to_be_bytes());
        bytes[8..].copy_from_slice(&self.made.to_be_bytes());
        crate::hex(&digest(&SHA256, &bytes).as_ref()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_ids_and_another_gives_others() {
        let first_three = |seed| {
            let mut ids = Ids::new(seed);
            [ids.fresh(), ids.fresh(), ids.fresh()]
        };
        let ids = first_three(7);
        assert_eq!(ids, first_three(7));
        assert!(ids.iter().all(|id| id.len() == 32));
        assert!(ids[0] != ids[1] && ids[1] != ids[2]);
        assert!(first_three(8).iter().all(|other| !ids.contains(other)));
    }
}
