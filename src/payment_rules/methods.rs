//! Checks whether the payment methods that rules name exist.

use std::collections::HashMap;

use super::{RuleMethod, draft, store};
use crate::{
    http::problem::FieldError,
    ids::IntegrationId,
    payment_methods::PaymentMethodId,
    store::{StoreError, Tx},
};

/// The existing methods, locked against archiving until the transaction ends.
pub struct Living(HashMap<IntegrationId, String>);

impl Living {
    /// Looks up and locks these methods. Call it before locking rules: archiving locks an integration before its rules.
    pub fn among<'a>(
        tx: &mut Tx<'_>,
        methods: impl IntoIterator<Item = &'a RuleMethod>,
    ) -> Result<Self, StoreError> {
        let ids = methods.into_iter().map(|method| method.id.integration);
        let ids: Vec<_> = ids.collect();
        store::living_integrations(tx, &ids).map(Living)
    }

    /// Whether there is such a method.
    pub fn has(&self, id: PaymentMethodId) -> bool {
        let kind = self.0.get(&id.integration);
        kind.is_some_and(|kind| kind == id.kind.as_str())
    }

    /// An error for each method of a rule that does not exist; `pointer` is the JSON pointer of the rule.
    pub fn missing(&self, pointer: &str, methods: &[RuleMethod]) -> Vec<FieldError> {
        let methods = methods.iter().enumerate();
        let missing = methods.filter(|(_, method)| !self.has(method.id));
        let errors = missing.map(|(index, method)| {
            let pointer = format!("{pointer}/paymentMethods/{index}/id");
            let message = draft::no_such_method(&method.id.to_string());
            FieldError::at(pointer, draft::UNKNOWN_METHOD, message)
        });
        errors.collect()
    }
}
