//! Random choices of a story, and amounts as texts.

use serde_json::Value;

/// Numbers that look random (xorshift), the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn up_to(&mut self, most: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 33).expect("31 bits") % most.max(1)
    }

    pub fn pick<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[usize::try_from(self.up_to(i64::try_from(list.len()).expect("few"))).expect("few")]
    }
}

pub fn decimal(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

pub fn cents(value: &Value) -> i64 {
    let text = value.as_str().expect("an amount").replace('.', "");
    text.parse().expect("cents")
}
