//! The cart of the shop: fixed products and prices, and quantities that the buyer chooses.

use serde_json::{Value, json};

/// The maximum quantity of one product in a cart.
const MOST: u32 = 999;
/// Sales tax, in thousandths of the subtotal.
const TAX_PER_MILLE: i64 = 85;

/// The quantity of each product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantities(Vec<u32>);

impl Default for Quantities {
    fn default() -> Self {
        let lines = template()["lineItems"].as_array().cloned();
        let quantity = |line: &Value| line["quantity"].as_u64().unwrap_or(1);
        let quantities = lines.iter().flatten().map(quantity);
        Quantities(quantities.map(|it| it.try_into().unwrap_or(MOST)).collect())
    }
}

impl Quantities {
    /// Reads one quantity for each product, from 1 to 999.
    pub fn read(quantities: Vec<u32>) -> Result<Self, String> {
        let count = Self::default().0.len();
        let fits = |quantity: &u32| (1..=MOST).contains(quantity);
        if quantities.len() == count && quantities.iter().all(fits) {
            return Ok(Quantities(quantities));
        }
        Err(format!(
            "Each of the {count} products needs a whole quantity from 1 to {MOST}."
        ))
    }

    /// The cart in the service's format, with consistent sums.
    pub fn cart(&self) -> Value {
        let mut cart = template();
        let mut subtotal = 0;
        for (line, quantity) in cart["lineItems"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .zip(&self.0)
        {
            line["quantity"] = json!(quantity);
            subtotal += cents(&line["price"]["value"]) * i64::from(*quantity);
        }
        let tax = (subtotal * TAX_PER_MILLE + 500) / 1000;
        let total =
            subtotal + cents(&cart["shippingAmount"]) + tax - cents(&cart["discountAmount"]);
        cart["subtotal"]["value"] = json!(amount(subtotal));
        cart["taxAmount"] = json!(amount(tax));
        cart["total"] = json!(amount(total));
        cart
    }
}

fn template() -> Value {
    // Checked by a test.
    serde_json::from_str(include_str!("cart.json")).unwrap_or_default()
}

/// Cents of an amount with two decimals.
fn cents(amount: &Value) -> i64 {
    let digits = amount.as_str().unwrap_or_default().replace('.', "");
    digits.parse().unwrap_or_default()
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_a_cart_add_up() {
        for (quantities, subtotal, tax, total) in [
            (vec![10, 3], "485.00", "41.23", "536.23"),
            (vec![1, 1], "104.50", "8.88", "123.38"),
            (vec![999, 999], "104395.50", "8873.62", "113279.12"),
        ] {
            let cart = Quantities::read(quantities).expect("quantities").cart();
            assert_eq!(cart["subtotal"]["value"], subtotal);
            assert_eq!(
                (&cart["taxAmount"], &cart["total"]),
                (&json!(tax), &json!(total))
            );
        }
        assert_eq!(Quantities::default().cart(), template());
    }

    #[test]
    fn quantities_are_whole_and_one_for_each_product() {
        for wrong in [vec![], vec![1], vec![1, 0], vec![1, 1000], vec![1, 1, 1]] {
            assert!(Quantities::read(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
