//! Carts as the documents of expressions, and a sample cart of any size for measuring the cost of an expression.

use crate::{
    cart::{read, schema},
    expressions::Dialect,
};

/// The dialect of rule expressions, whose documents are carts.
pub const DIALECT: Dialect = Dialect {
    schema,
    read: |json| {
        let cart = read(json)?;
        let budget = cart.budget();
        Ok((cart.into_record(), budget))
    },
    sample,
};

/// A cart with this number of lines as JSON. Every kind of list has items, and texts have the usual lengths.
fn sample(lines: usize) -> String {
    let lines: Vec<String> = (0..lines)
        .map(|place| {
            format!(
                r#"{{"productSku":"SKU-{place:04}-A","product":{PRODUCT},"productUnit":{{"code":"item"}},"quantity":"{place}.5","price":{{"value":"19.99","currency":"USD"}},"title":"Adjustable office chair","kitItemLineItems":[{PART},{PART}]}}"#
            )
        })
        .collect();
    format!(r#"{{{HEAD},"lineItems":[{}]}}"#, lines.join(","))
}

const HEAD: &str = r#""currency":"USD","website":"us-store","total":"41290.50","subtotal":{"value":"40000.00","currency":"USD"},"shippingAmount":"290.50","taxAmount":"1000.00","discountAmount":"0.00","shippingMethod":"flat_rate_1","merchantCountry":"US","billingAddress":{"countryIso2":"US","regionCode":"CA","postalCode":"90210","city":"Beverly Hills","street":"1 Rodeo Drive","organization":"Acme Industries"},"shippingAddress":{"countryIso2":"US","regionCode":"NY","postalCode":"10001","city":"New York","street":"2 Broadway","organization":"Acme Industries"},"customer":{"id":42,"name":"Acme Industries","group":{"id":3,"name":"Wholesale"},"paymentTerm":{"id":1,"label":"Net 30"}},"customerUser":{"id":7,"email":"amanda@acme.example","firstName":"Amanda","lastName":"Cole","fullName":"Amanda Cole","enabled":true}"#;
const PRODUCT: &str = r#"{"id":1001,"name":"Adjustable office chair","type":"simple","status":"enabled","category":{"id":12,"title":"Office furniture"},"unitPrecisions":[{"id":1,"unit":{"code":"item"},"precision":0,"sell":true},{"id":2,"unit":{"code":"set"},"precision":0,"sell":true}],"inventoryLevels":[{"id":1,"quantity":"120","warehouse":{"id":1,"name":"East"}},{"id":2,"quantity":"80","warehouse":{"id":2,"name":"West"}}]}"#;
const PART: &str = r#"{"productSku":"PART-0001","product":{"id":2001,"name":"Castor"},"productUnitCode":"item","quantity":5,"kitItem":{"id":9,"optional":false},"sortOrder":1}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cart, expressions::Value};

    #[test]
    fn the_sample_is_a_cart() {
        let json = sample(200);
        let cart = cart::read(&json).expect("a cart");
        let lines = cart.record().get("lineItems").and_then(Value::as_list);
        assert_eq!(lines.map(<[_]>::len), Some(200));
        let unknown = cart.record().customs().count();
        assert_eq!(unknown, 0);
    }
}
