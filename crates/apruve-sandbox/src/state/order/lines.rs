//! Changes to single lines of an order before it is finalized.

use super::{Order, OrderDetails, OrderStatus};
use crate::{
    error::ApiError,
    fields::Fields,
    state::{SandboxState, item::Item},
};

impl SandboxState {
    /// Adds a line before the order is finalized.
    pub fn add_order_item(&mut self, id: &str, line: &Fields) -> Result<String, ApiError> {
        let item = self.read_item(line)?;
        let item_id = item.id.clone();
        self.changeable(id)?.items.push(item);
        Ok(item_id)
    }

    /// Replaces a line before the order is finalized; it keeps its id.
    pub fn change_order_item(
        &mut self,
        id: &str,
        item_id: &str,
        line: &Fields,
    ) -> Result<(), ApiError> {
        let mut changed = self.read_item(line)?;
        changed.id = item_id.to_owned();
        let items = &mut self.changeable(id)?.items;
        let place = items.iter_mut().find(|item| item.id == item_id);
        *place.ok_or_else(ApiError::not_found)? = changed;
        Ok(())
    }

    /// Removes a line before the order is finalized.
    pub fn remove_order_item(&mut self, id: &str, item_id: &str) -> Result<(), ApiError> {
        self.changeable(id)?.items.retain(|item| item.id != item_id);
        Ok(())
    }

    fn changeable(&mut self, id: &str) -> Result<&mut OrderDetails, ApiError> {
        self.order_in(id, &[OrderStatus::New], "changed")?;
        Ok(&mut self.orders.find_mut(id)?.details)
    }

    /// The line with this id, and its order.
    pub fn find_order_item(&self, item_id: &str) -> Result<(&Order, &Item), ApiError> {
        let mut orders = self.orders.iter();
        let found = orders.find_map(|order| {
            let mut items = order.details.items.iter();
            Some((order, items.find(|item| item.id == item_id)?))
        });
        found.ok_or_else(ApiError::not_found)
    }
}
