//! Money moves by what was read at the provider, so only a provider's client makes a snapshot.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::names::{sources, tokens};

const SNAPSHOTS: [&str; 5] = [
    "InvoiceSnapshot",
    "OrderSnapshot",
    "ProviderSnapshot",
    "ReturnSnapshot",
    "ShipmentSnapshot",
];

/// The sample ledgers of unit tests.
const SAMPLES: &str = "src/payments/sample.rs";

/// Hands on the name of each struct that is built with braces.
fn each_literal(tokens: TokenStream, visit: &mut impl FnMut(String)) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    for token in &all {
        if let TokenTree::Group(group) = token {
            each_literal(group.stream(), visit);
        }
    }
    for three in all.windows(3) {
        let [before, TokenTree::Ident(name), TokenTree::Group(braces)] = three else {
            continue;
        };
        // A definition, a return type, or a pattern.
        let is_built = !["struct", "impl", "for", ">", "let"].contains(&&*before.to_string());
        if is_built && braces.delimiter() == Delimiter::Brace {
            visit(name.to_string());
        }
    }
}

#[test]
fn only_a_providers_client_makes_a_snapshot() {
    let mut makers = BTreeSet::new();
    for (name, text) in sources() {
        if name.starts_with("src/") && !name.contains("test") {
            each_literal(tokens(&text), &mut |built| {
                if SNAPSHOTS.contains(&&*built) {
                    makers.insert(name.clone());
                }
            });
        }
    }
    assert!(makers.remove(SAMPLES), "the samples are found");
    let others = makers.iter().filter(|it| !it.starts_with("src/providers/"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
}
