//! No two types have one name in the document: the second would silently take the first one's place.

use std::{collections::BTreeMap, fs, path::Path, str::FromStr};

use proc_macro2::{TokenStream, TokenTree};

use crate::floors::files;

#[test]
fn no_two_types_share_a_name_in_the_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in ["src", "crates"]
        .iter()
        .flat_map(|it| files(&root.join(it)))
    {
        let text = fs::read_to_string(&path).expect("a source file");
        let place = path.strip_prefix(root).expect("a file of the project");
        for name in documented(&text) {
            let place = place.display().to_string();
            places.entry(name).or_default().push(place);
        }
    }
    assert!(places.len() > 30, "hardly a type was found");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:?}");
}

/// The names under which a file's types with `derive(ToSchema)` are in the document.
fn documented(text: &str) -> Vec<String> {
    let tokens: Vec<TokenTree> = TokenStream::from_str(text)
        .expect("Rust")
        .into_iter()
        .collect();
    let mut found = Vec::new();
    // What is in `#[…]` before the item that comes next.
    let mut attributes: Vec<String> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) if is_hash(&tokens, place) => {
                attributes.push(group.stream().to_string());
            }
            TokenTree::Ident(word) if word == "struct" || word == "enum" => {
                if let Some(TokenTree::Ident(name)) = tokens.get(place + 1) {
                    found.extend(name_of(&attributes, &name.to_string()));
                }
                attributes.clear();
            }
            TokenTree::Ident(word) if word != "pub" => attributes.clear(),
            _ => {}
        }
    }
    found
}

fn is_hash(tokens: &[TokenTree], place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
}

fn name_of(attributes: &[String], name: &str) -> Option<String> {
    let derives =
        |attribute: &String| attribute.starts_with("derive") && attribute.contains("ToSchema");
    attributes.iter().any(derives).then_some(())?;
    let given = attributes
        .iter()
        .filter(|attribute| attribute.starts_with("schema"))
        .find_map(|attribute| Some(attribute.split_once("as = ")?.1));
    let word = |rest: &str| {
        let end = rest
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    Some(given.map_or_else(|| name.to_owned(), word))
}

#[test]
fn a_types_name_is_its_own_or_the_one_it_is_given() {
    let text = "#[derive(ToSchema)] pub struct One; #[derive(Clone)] struct Two; \
                #[derive(ToSchema)] #[schema(as = Other, example = 1)] pub(crate) enum Three {}";
    assert_eq!(documented(text), ["One", "Other"]);
}
