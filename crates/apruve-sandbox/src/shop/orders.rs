//! The shop's orders, which a real shop stores in its own database, so that a page can be reloaded at any time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::cart::Quantities;

/// An order.
#[derive(Clone, Debug, Default)]
pub struct ShopOrder {
    pub quantities: Quantities,
    /// The id of its payment, once the payment has begun.
    pub payment_id: Option<String>,
}

/// All orders, by their number.
#[derive(Default)]
pub struct Orders(Mutex<HashMap<String, ShopOrder>>);

impl Orders {
    fn all(&self) -> MutexGuard<'_, HashMap<String, ShopOrder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an order with the default cart.
    pub fn add(&self, number: &str) -> ShopOrder {
        let order = ShopOrder::default();
        self.all().insert(number.to_owned(), order.clone());
        order
    }

    pub fn get(&self, number: &str) -> Option<ShopOrder> {
        self.all().get(number).cloned()
    }

    /// Changes the quantities. Returns `None` if there is no such order, or if its payment has begun, which fixes the
    /// cart.
    pub fn change(&self, number: &str, quantities: Quantities) -> Option<ShopOrder> {
        let mut all = self.all();
        let order = all.get_mut(number)?;
        if order.payment_id.is_some() {
            return None;
        }
        order.quantities = quantities;
        Some(order.clone())
    }

    /// Stores the id of the payment that has begun.
    pub fn set_payment(&self, number: &str, payment_id: &str) {
        if let Some(order) = self.all().get_mut(number) {
            order.payment_id = Some(payment_id.to_owned());
        }
    }
}

impl ShopOrder {
    /// The JSON for the page.
    pub fn show(&self, number: &str) -> Value {
        json!({ "orderId": number, "cart": self.quantities.cart(), "paymentId": self.payment_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bought_is_fixed_once_its_payment_has_begun() {
        let orders = Orders::default();
        orders.add("SHOP-1");
        let two = Quantities::read(vec![2, 2]).expect("quantities");
        assert!(orders.change("SHOP-2", two.clone()).is_none());
        assert!(orders.change("SHOP-1", two.clone()).is_some());
        orders.set_payment("SHOP-1", "payment_1");
        assert!(orders.change("SHOP-1", Quantities::default()).is_none());
        let order = orders.get("SHOP-1").expect("an order");
        assert_eq!(
            order.show("SHOP-1"),
            json!({ "orderId": "SHOP-1", "cart": two.cart(), "paymentId": "payment_1" })
        );
    }
}
