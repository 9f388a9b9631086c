//! The words of the code: provider names stay in the providers' room, old names do not come back, and files stay short.

use std::{collections::BTreeSet, fs, path::Path, str::FromStr};

use proc_macro2::{TokenStream, TokenTree};

use crate::{circles, floors::files};

/// Rooms that speak of providers in general.
const NEUTRAL_ROOMS: [&str; 10] = [
    "checkout",
    "credit",
    "findings",
    "http",
    "notifications",
    "outbound",
    "payments",
    "receivables",
    "reconciliation",
    "webhooks",
];

/// Published names: fields and types of the JSON contract, an operation, columns, and the section of the configuration.
const PUBLISHED: [&str; 7] = [
    "apruve",
    "Apruve",
    "ApruveCheckout",
    "ApruveOrderNotFound",
    "apruve_invoice_id",
    "apruve_order_id",
    "receive_apruve_webhook",
];

/// What of a provider's folder is known outside of it: how the account is opened, and who signed a webhook.
const OF_A_PROVIDER: [&str; 5] = [
    "Account",
    "BadSignature",
    "PublicKey",
    "SIGNATURE_HEADER",
    "verify",
];

/// The header with a webhook's signature.
const PUBLISHED_HEADER: &str = "X-Apruve-Signature";

/// The files beside the providers' folders that say which of them does the work.
const DISPATCH: [&str; 2] = ["src/providers/kind.rs", "src/providers/mod.rs"];

/// Names that were replaced by a word of the field; none is defined again.
const REPLACED: [&str; 74] = [
    "Asked",
    "Bazaar",
    "Begun",
    "Bell",
    "Books",
    "BooksEntry",
    "Came",
    "Circumstances",
    "Desk",
    "Done",
    "Door",
    "Doors",
    "Exchange",
    "Freshness",
    "Gatekeeper",
    "Glance",
    "Happening",
    "Heard",
    "Hearing",
    "Heeded",
    "Held",
    "InvoiceSeen",
    "Keeper",
    "Letter",
    "Letters",
    "Looked",
    "Made",
    "Market",
    "MethodCard",
    "Mover",
    "NotDone",
    "NotOurs",
    "NotTaken",
    "OrderSeen",
    "Picture",
    "Remembered",
    "Standing",
    "Sweeper",
    "Teller",
    "Told",
    "Unfit",
    "Verifiers",
    "Wish",
    "believe",
    "came",
    "causes",
    "desk",
    "door",
    "doors",
    "gatekeeper",
    "give_up",
    "go_on",
    "hand_back",
    "hear",
    "heard",
    "heed",
    "heeded",
    "letters",
    "look",
    "looked",
    "looks",
    "market",
    "mount",
    "personal",
    "picture",
    "put_off",
    "standing",
    "suppose",
    "told",
    "told_again",
    "unfit",
    "unpark",
    "wish",
    "words",
];

/// Figures of speech that were replaced by plain words; no name, comment or message has them again.
const REPLACED_PHRASES: [&str; 11] = [
    "as it stands",
    "became of",
    "came of it",
    "came to be",
    "comes to nothing",
    "desk",
    "heed",
    "what came of",
    "what it comes to",
    "whoever",
    "will not do",
];

/// The most lines that a file has.
const MAX_LINES: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the project with its path from the root and its text.
pub fn sources() -> Vec<(String, String)> {
    let folders = ["src", "crates", "tests", "benches"];
    let paths = folders
        .iter()
        .flat_map(|folder| files(&root().join(folder)));
    let named = paths.filter_map(|path| {
        let name = path.strip_prefix(root()).ok()?.to_str()?.to_owned();
        (!name.contains("/target/")).then_some((name, path))
    });
    named
        .map(|(name, path)| (name, fs::read_to_string(path).expect("a source file")))
        .collect()
}

/// The same without attributes and the comments that document something.
fn each_token_of_code(tokens: TokenStream, visit: &mut impl FnMut(&TokenTree)) {
    let mut in_attribute = false;
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => in_attribute = true,
            TokenTree::Punct(punct) if punct.as_char() == '!' && in_attribute => {}
            TokenTree::Group(_) if in_attribute => in_attribute = false,
            TokenTree::Group(group) => each_token_of_code(group.stream(), visit),
            _ => in_attribute = false,
        }
        visit(&token);
    }
}

/// Hands on every token, also those inside groups.
fn each_token(tokens: TokenStream, visit: &mut impl FnMut(Option<&TokenTree>, &TokenTree)) {
    let mut before: Option<TokenTree> = None;
    for token in tokens {
        visit(before.as_ref(), &token);
        if let TokenTree::Group(group) = &token {
            each_token(group.stream(), visit);
        }
        before = Some(token);
    }
}

pub fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).expect("Rust")
}

/// The files that speak of providers in general.
fn neutral_sources() -> impl Iterator<Item = (String, String)> {
    sources().into_iter().filter(|(name, _)| is_neutral(name))
}

/// Whether a file speaks of providers in general.
fn is_neutral(name: &str) -> bool {
    let Some(path) = name.strip_prefix("src/") else {
        return false;
    };
    let room = path.split(['/', '.']).next();
    let of_all_providers = path.starts_with("providers/")
        && !path.starts_with("providers/apruve/")
        && !DISPATCH.contains(&name);
    of_all_providers || room.is_some_and(|room| NEUTRAL_ROOMS.contains(&room))
}

#[test]
fn only_the_providers_room_names_a_provider_in_code() {
    let mut found = BTreeSet::new();
    for (name, text) in neutral_sources() {
        each_token(tokens(&text), &mut |before, token| {
            let TokenTree::Ident(ident) = token else {
                return;
            };
            let word = ident.to_string();
            // The folder of a provider may be named in no path: `providers::apruve`.
            let in_path = word == "apruve" && before.is_some_and(|it| it.to_string() == ":");
            if word.to_lowercase().contains("apruve")
                && (in_path || !PUBLISHED.contains(&word.as_str()))
            {
                found.insert(format!("{name}: {word}"));
            }
        });
    }
    assert!(found.is_empty(), "say provider instead:\n{found:#?}");
}

/// A text takes the name from `ProviderKind`, or says "the provider". Only what documents the API may name Apruve.
#[test]
fn only_the_providers_room_names_a_provider_in_texts() {
    let mut found = BTreeSet::new();
    for (name, text) in neutral_sources() {
        each_token_of_code(tokens(&text), &mut |token| {
            let TokenTree::Literal(literal) = token else {
                return;
            };
            let text = literal.to_string().replace(PUBLISHED_HEADER, "");
            if text.contains("Apruve") {
                found.insert(format!("{name}: {text}"));
            }
        });
    }
    assert!(found.is_empty(), "say the provider instead:\n{found:#?}");
}

/// What a provider is asked is written in its words in its folder alone: Apruve calls amounts cents, and each of its drafts is
/// made from a neutral one.
#[test]
fn amounts_are_not_called_cents_outside_the_providers_room() {
    let mut found = BTreeSet::new();
    for (name, text) in neutral_sources() {
        each_token(tokens(&text), &mut |_, token| {
            if let TokenTree::Ident(ident) = token
                && ident.to_string().ends_with("_cents")
            {
                found.insert(format!("{name}: {ident}"));
            }
        });
    }
    assert!(found.is_empty(), "minor units or `Money`:\n{found:#?}");
}

#[test]
fn little_of_a_providers_folder_is_known_outside() {
    let path = "src/providers/mod.rs";
    let text = fs::read_to_string(root().join(path)).expect("a source file");
    let mut words = Vec::new();
    each_token(tokens(&text), &mut |_, token| match token {
        TokenTree::Ident(ident) => words.push(ident.to_string()),
        TokenTree::Punct(punct) => words.push(punct.to_string()),
        TokenTree::Group(_) | TokenTree::Literal(_) => {}
    });
    let mut found = BTreeSet::new();
    for statement in words.split(|word| word == ";") {
        let start = statement
            .windows(2)
            .position(|pair| pair == ["use", "apruve"]);
        let Some(start) = start else { continue };
        let names = statement[start + 2..].iter();
        found.extend(
            names
                .filter(|it| ![":", ","].contains(&it.as_str()))
                .cloned(),
        );
    }
    assert_eq!(found, BTreeSet::from(OF_A_PROVIDER.map(str::to_owned)));
}

#[test]
fn names_that_were_replaced_are_not_defined_again() {
    let mut found = BTreeSet::new();
    for (name, text) in sources() {
        each_token(tokens(&text), &mut |before, token| {
            let TokenTree::Ident(ident) = token else {
                return;
            };
            let word = ident.to_string();
            let defines = ["struct", "enum", "trait", "type", "fn", "mod"];
            let is_defined = before.is_some_and(|it| defines.contains(&it.to_string().as_str()));
            if is_defined && REPLACED.contains(&word.as_str()) {
                found.insert(format!("{name}: {word}"));
            }
        });
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn figures_of_speech_that_were_replaced_are_not_written_again() {
    let mut found = BTreeSet::new();
    for (name, text) in sources() {
        if name == "tests/house/names.rs" {
            continue;
        }
        for (line, number) in text.to_lowercase().lines().zip(1..) {
            let words: Vec<&str> = line.split(|it: char| !it.is_alphanumeric()).collect();
            let spaced = format!(" {} ", words.join(" "));
            let phrases = REPLACED_PHRASES.iter();
            let said = phrases.filter(|it| spaced.contains(&format!(" {it} ")));
            found.extend(said.map(|it| format!("{name}:{number}: {it}")));
        }
    }
    assert!(found.is_empty(), "say it in plain words:\n{found:#?}");
}

#[test]
fn a_type_name_is_used_once_in_a_crate() {
    let mut found = Vec::new();
    for folder in circles::CRATES {
        let types = circles::read(folder).types();
        assert!(types.len() > 50, "hardly a type was found in {folder}");
        let repeated = types.into_iter().filter(|(_, files)| files.len() > 1);
        found.extend(repeated.map(|(name, files)| format!("{name}: {}", files.join(", "))));
    }
    assert!(found.is_empty(), "say what each of them is:\n{found:#?}");
}

#[test]
fn files_are_short() {
    let lengths = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()));
    let long: Vec<(String, usize)> = lengths.filter(|(_, lines)| *lines > MAX_LINES).collect();
    assert!(long.is_empty(), "more than {MAX_LINES} lines: {long:#?}");
}
