//! What the objects of the API have in common: a table, a shop, and their JSON.

use serde_json::Value;

use super::{SandboxState, table::Table};
use crate::error::ApiError;

/// An object that the API shows and that has events.
pub trait ApiObject: Sized {
    fn table(state: &SandboxState) -> &Table<Self>;

    /// The shop of the object.
    fn merchant_id(&self, state: &SandboxState) -> String;

    fn show(&self, state: &SandboxState) -> Value;
}

impl SandboxState {
    /// The JSON of an object.
    pub fn show<T: ApiObject>(&self, id: &str) -> Result<Value, ApiError> {
        T::table(self).find(id).map(|object| object.show(self))
    }

    /// The JSON of all objects of a kind, the oldest first.
    pub fn show_all<T: ApiObject>(&self) -> Value {
        let all = T::table(self).iter();
        all.map(|object| object.show(self)).collect()
    }

    /// Sends an event about an object.
    pub(super) fn announce<T: ApiObject>(&mut self, id: &str, event: &str) {
        if let Some(object) = T::table(self).get(id) {
            let (merchant_id, entity) = (object.merchant_id(self), object.show(self));
            self.emit(&merchant_id, event, &entity);
        }
    }
}
