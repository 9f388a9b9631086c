//! Random expressions over four attributes, with numbers at borders, lists, guards and all logical operators.

use crate::random::Random;

const LEAVES: [&str; 37] = [
    "total > 0",
    "total >= 2",
    "total > 2",
    "total < 2",
    "total <= 2",
    "total = 2",
    "total != 2",
    "total > 3",
    "total < 3",
    "total >= 3",
    "total <= 3",
    "total in [2, 3]",
    "total not in [2]",
    "total in 2..3",
    "total != null",
    "2 < total",
    "customer",
    "customer != null",
    "customer = null",
    "customer.name = 'A'",
    "customer.name != 'A'",
    "customer.name in ['A', 'B']",
    "customer.name not in ['A', 'B']",
    "customer.name",
    "customer.name = null",
    "customer and customer.name = 'A'",
    "customer and customer.name in ['A', 'B']",
    "customer = null or customer.name != 'B'",
    "website = 'a'",
    "website != 'a'",
    "website in ['a', 'b']",
    "website = null",
    "billingAddress",
    "billingAddress and billingAddress.countryIso2 = 'US'",
    "billingAddress.countryIso2 = 'US'",
    "billingAddress.countryIso2 in ['US', 'DE']",
    "currency = 'USD'",
];

/// So many texts.
pub fn pool(random: &mut Random, count: usize) -> Vec<String> {
    (0..count).map(|_| expression(random, 3)).collect()
}

fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.one_in(4) {
        return (*random.of(&LEAVES)).to_owned();
    }
    let mut part = || expression(random, depth - 1);
    let (one, other, third) = (part(), part(), part());
    match random.below(9) {
        0..=2 => format!("({one}) and ({other})"),
        3..=5 => format!("({one}) or ({other})"),
        6 => format!("not ({one})"),
        7 => format!("({one}) ? ({other}) : ({third})"),
        // As people write it who wish to be sure.
        _ => format!("({one}) or not ({one})"),
    }
}
