//! Which rooms a file mentions. Tokens are read, not text, so comments and strings mention nothing, and macros do.

use std::str::FromStr;

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

use crate::tokens::{after_colons, is};

/// A path into a room, such as `crate::store::Tx`.
#[derive(Debug, PartialEq, Eq)]
pub struct Mention {
    pub room: String,
    pub line: usize,
}

/// Every path in a file that starts at the crate. `depth` is the number of modules the file is deep; `super` leads to the
/// crate where it is said that often.
pub fn mentions(text: &str, depth: usize) -> Result<Vec<Mention>, LexError> {
    let mut found = Vec::new();
    read(TokenStream::from_str(text)?, depth, &mut found);
    Ok(found)
}

/// The macros that a file puts at the root of the crate: `crate::name!` leads to the room of that file.
pub fn exported_macros(text: &str) -> Result<Vec<String>, LexError> {
    let tokens: Vec<TokenTree> = TokenStream::from_str(text)?.into_iter().collect();
    let exports = |token: &TokenTree| token.to_string().contains("macro_export");
    let found = tokens.windows(4).filter_map(|window| match window {
        [attribute, word, _, TokenTree::Ident(name)] => {
            (exports(attribute) && is(word, "macro_rules")).then(|| name.to_string())
        }
        _ => None,
    });
    Ok(found.collect())
}

fn read(tokens: TokenStream, depth: usize, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut place = 0;
    while place < tokens.len() {
        let rest = &tokens[place..];
        if let Some(after) = way_to_the_crate(rest, depth) {
            heads(after, found);
        }
        if let TokenTree::Group(group) = &rest[0] {
            let is_module = place >= 2
                && group.delimiter() == Delimiter::Brace
                && is(&tokens[place - 2], "mod");
            read(group.stream(), depth + usize::from(is_module), found);
        }
        place += 1;
    }
}

/// What follows `crate::`, or as many `super::` as lead there.
fn way_to_the_crate(tokens: &[TokenTree], depth: usize) -> Option<&[TokenTree]> {
    if is(tokens.first()?, "crate") {
        return after_colons(&tokens[1..]);
    }
    let mut rest = tokens;
    for _ in 0..depth {
        is(rest.first()?, "super").then_some(())?;
        rest = after_colons(&rest[1..])?;
    }
    Some(rest)
}

/// The first names of a path or of every branch of a group of paths.
fn heads(tokens: &[TokenTree], found: &mut Vec<Mention>) {
    match tokens.first() {
        Some(TokenTree::Ident(room)) => found.push(Mention {
            room: room.to_string(),
            line: room.span().start().line,
        }),
        Some(TokenTree::Group(group)) => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            for branch in inside.split(|it| is(it, ",")) {
                heads(branch, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_way_to_write_a_path_is_followed() {
    let text = r#"
        //! crate::comments::say nothing.
        use crate::{
            one::{deep, crate_like},
            two, three as other,
        };
        pub(crate) fn f() -> crate::four::T { "crate::text"; join!(crate::five::g()) }
        use super::six::T;
        mod tests { use super::super::{seven, eight::x}; use super::inside; }
        macro_rules! m { () => { $crate::nine::T } }
    "#;
    let found = mentions(text, 1).expect("Rust");
    let rooms: Vec<&str> = found.iter().map(|mention| mention.room.as_str()).collect();
    assert_eq!(
        rooms,
        [
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
        ]
    );
    assert_eq!(found[1].line, 5);
}

#[test]
fn an_exported_macro_is_found_and_a_private_one_is_not() {
    let text = "#[macro_export] macro_rules! shared { () => {} } macro_rules! own { () => {} }";
    assert_eq!(exported_macros(text).expect("Rust"), ["shared"]);
}
