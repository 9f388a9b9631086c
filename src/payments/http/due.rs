//! The due date of an offline sale in a request.

use crate::{http::body::Fields, payment_methods::PaymentMethodId, payments::create::DueDate};

/// Reads `dueAt` or `netDays`, of which an offline method takes one. A method with a provider takes neither.
pub fn due_date(fields: &Fields<'_>, method: Option<&PaymentMethodId>) -> Option<DueDate> {
    let at = fields.instant("dueAt");
    let days = fields.net_days("netDays");
    let names = [("dueAt", at.is_some()), ("netDays", days.is_some())];
    let given = || {
        names
            .iter()
            .filter(|(_, given)| *given)
            .map(|(name, _)| *name)
    };
    if method.is_some_and(|method| method.kind.has_provider()) {
        for name in given() {
            let message = format!(
                "`{name}` is for offline methods; the provider's terms say when its invoices are due, or `dueAt` of an invoice."
            );
            fields.refuse(name, "not_for_this_method", message);
        }
        return None;
    }
    if at.is_some() && days.is_some() {
        let message = "Give `dueAt` or `netDays`, not both.";
        fields.refuse("netDays", "given_twice", message);
    }
    at.map(DueDate::At).or(days.map(DueDate::NetDays))
}
