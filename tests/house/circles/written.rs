//! What a file says of modules: the names that it defines, those that it imports, and the paths in its code. Code that only
//! tests have says nothing.

use std::{collections::BTreeSet, str::FromStr};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tokens::{after_colons, is, is_group};

/// A path, such as `super::store::Tx`.
pub type ModulePath = Vec<String>;

/// A name that a `use` brings in.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub path: ModulePath,
    /// `*` for all names of a module.
    pub name: String,
    /// Whether it is handed on to others.
    pub is_public: bool,
}

#[derive(Debug, Default)]
pub struct Written {
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    pub paths: Vec<ModulePath>,
    /// The types that it defines, without associated ones.
    pub types: Vec<String>,
    /// Modules that only tests have.
    pub tests: BTreeSet<String>,
}

impl Written {
    pub fn of(text: &str) -> Self {
        let mut written = Written::default();
        written.read(TokenStream::from_str(text).expect("Rust"), 0, false);
        written
    }

    /// Reads a file, or what is in a group; in the braces of an `impl` or a trait, a `type` is an associated one.
    fn read(&mut self, tokens: TokenStream, depth: usize, is_associated: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut place = 0;
        // Whether the current item is an `impl` or a trait; `None` before its keyword.
        let mut has_associated = None;
        while place < tokens.len() {
            let rest = &tokens[place..];
            self.types.extend(defined_type(rest, is_associated));
            match &rest[0] {
                end if is(end, ";") => has_associated = None,
                word if ["impl", "trait"].iter().any(|it| is(word, it)) => {
                    has_associated.get_or_insert(true);
                }
                word if ["fn", "mod"].iter().any(|it| is(word, it)) => {
                    has_associated.get_or_insert(false);
                }
                _ => {}
            }
            place += match rest {
                [hash, TokenTree::Group(attribute), item @ ..]
                    if is(hash, "#") && attribute.stream().to_string() == "cfg (test)" =>
                {
                    2 + self.skip_item(item)
                }
                [word, tree @ ..]
                    if is(word, "use") && !tree.first().is_some_and(|it| is(it, "<")) =>
                {
                    let end = tree.iter().position(|it| is(it, ";")).unwrap_or(tree.len());
                    // `pub use`, or `pub(crate) use`.
                    let before = &tokens[..place];
                    let is_public = before.last().is_some_and(|it| {
                        is(it, "pub")
                            || before
                                .iter()
                                .rev()
                                .nth(1)
                                .is_some_and(|pub_| is(pub_, "pub"))
                                && is_group(it, Delimiter::Parenthesis)
                    });
                    self.import(&[], &tree[..end], is_public);
                    1 + end
                }
                // A macro's variable may have the name of a keyword.
                [sign, word, ..] if is(sign, "$") && !is(word, "crate") => 2,
                [TokenTree::Ident(_), ..] => self.read_name(rest, depth),
                [TokenTree::Group(group), ..] => {
                    let braces = group.delimiter() == Delimiter::Brace;
                    let associated = braces && has_associated.take() == Some(true);
                    self.read(group.stream(), depth + 1, associated);
                    1
                }
                // What follows a generic type is no beginning of a path.
                [one, two, TokenTree::Ident(_), ..] if is(one, ":") && is(two, ":") => 3,
                _ => 1,
            };
        }
    }

    /// Passes over an item that only tests have; so long it is.
    fn skip_item(&mut self, item: &[TokenTree]) -> usize {
        let ends = |it: &TokenTree| is(it, ";") || is(it, ",") || is_group(it, Delimiter::Brace);
        let end = item.iter().position(ends).map_or(item.len(), |end| end + 1);
        let module = item[..end].windows(2).find(|it| is(&it[0], "mod"));
        self.tests.extend(module.map(|it| it[1].to_string()));
        end
    }

    /// A definition, or a path; so many tokens it takes.
    fn read_name(&mut self, tokens: &[TokenTree], depth: usize) -> usize {
        const DEFINES: [&str; 7] = ["fn", "struct", "enum", "trait", "type", "const", "static"];
        match tokens {
            [word, mark, TokenTree::Ident(name), ..]
                if is(word, "macro_rules") && is(mark, "!") =>
            {
                self.items.insert(name.to_string());
            }
            [word, TokenTree::Ident(name), ..]
                if depth == 0 && DEFINES.iter().any(|it| is(word, it)) =>
            {
                self.items.insert(name.to_string());
            }
            _ => {}
        }
        let mut path = vec![tokens[0].to_string()];
        let mut taken = 1;
        while let Some([TokenTree::Ident(next), ..]) = after_colons(&tokens[taken..]) {
            path.push(next.to_string());
            taken += 3;
        }
        if path.len() > 1 {
            self.paths.push(path);
        }
        taken
    }

    /// The names of a `use`, below a path.
    fn import(&mut self, above: &[String], tree: &[TokenTree], is_public: bool) {
        let mut path = above.to_vec();
        let mut name = None;
        let mut tokens = tree.iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in inside.split(|it| is(it, ",")).filter(|it| !it.is_empty()) {
                        self.import(&path, branch, is_public);
                    }
                    return;
                }
                TokenTree::Ident(word) if word == "as" => {
                    name = tokens.next().map(ToString::to_string)
                }
                TokenTree::Ident(word) => path.push(word.to_string()),
                star if is(star, "*") => name = Some("*".to_owned()),
                _ => {}
            }
        }
        if path.len() > 1 && path.last().is_some_and(|it| it == "self") {
            path.pop();
        }
        let Some(name) = name.or_else(|| path.last().cloned()) else {
            return;
        };
        self.imports.push(Import {
            path,
            name,
            is_public,
        });
    }
}

/// The name of the type whose definition begins here: by a keyword, or as a closed list of words or a list's sort fields,
/// which macros make types of.
fn defined_type(tokens: &[TokenTree], is_associated: bool) -> Option<String> {
    let is_list = |group: &TokenTree| is_group(group, Delimiter::Brace) && has_words(group);
    match tokens {
        [word, TokenTree::Ident(name), ..] if is(word, "type") && !is_associated => Some(name),
        [word, TokenTree::Ident(name), ..]
            if ["struct", "enum", "trait", "union"]
                .iter()
                .any(|it| is(word, it)) =>
        {
            Some(name)
        }
        [TokenTree::Ident(name), of, TokenTree::Ident(_), by, ..]
            if is(of, "of") && is(by, "by") =>
        {
            Some(name)
        }
        [
            TokenTree::Ident(name),
            as_,
            TokenTree::Literal(_),
            words,
            ..,
        ] if is(as_, "as") && is_list(words) => Some(name),
        [TokenTree::Ident(name), words, ..] if is_list(words) => Some(name),
        _ => None,
    }
    .map(ToString::to_string)
}

/// Whether a group begins with an entry such as `Open = "open",`, after its attributes.
fn has_words(group: &TokenTree) -> bool {
    let TokenTree::Group(group) = group else {
        return false;
    };
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut rest = tokens.as_slice();
    while let [hash, TokenTree::Group(_), after @ ..] = rest
        && is(hash, "#")
    {
        rest = after;
    }
    match rest {
        [TokenTree::Ident(_), sign, TokenTree::Literal(_), end, ..] => {
            is(sign, "=") && (is(end, ",") || is(end, "|"))
        }
        _ => false,
    }
}

#[test]
fn types_are_read_without_associated_ones_and_those_of_tests() {
    let text = "struct A; impl B { type C = D; fn e() { type F = G; } } trait H { type I; fn j(k: impl L) { enum M {} } } \
                #[cfg(test)] mod tests { struct N; } string_enum! { O as \"o\" { P = \"p\", } } \
                sorted! { Q of rows by id as String { R = \"r\": s as String, } } string_enum! { T { U = \"u\" | \"v\" } } \
                macro_rules! w { ($type:ident) => { struct $type where; enum Y {} } }";
    assert_eq!(
        Written::of(text).types,
        ["A", "F", "H", "M", "O", "Q", "T", "Y"]
    );
}

#[test]
fn definitions_imports_and_paths_are_read() {
    let text = "use super::{a::{self, B as C}, d::*}; pub(crate) use e::F; fn g(x: h::I) { crate::j::k(); use l::M; } \
                #[cfg(test)] mod tests { use never::X; } macro_rules! n { () => { $crate::o::P } } struct Q;";
    let written = Written::of(text);
    let import = |it: &Import| format!("{} as {} {}", it.path.join("::"), it.name, it.is_public);
    let imports: Vec<String> = written.imports.iter().map(import).collect();
    assert_eq!(
        imports,
        [
            "super::a as a false",
            "super::a::B as C false",
            "super::d as * false",
            "e::F as F true",
            "l::M as M false",
        ]
    );
    let paths: Vec<String> = written.paths.iter().map(|it| it.join("::")).collect();
    assert_eq!(paths, ["h::I", "crate::j::k", "crate::o::P"]);
    assert!(written.items.iter().eq(["Q", "g", "n"]));
    assert!(written.tests.iter().eq(["tests"]));
}
