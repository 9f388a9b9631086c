//! The syntactic context before a place in a text.

use crate::diagnostic::Range;
use crate::lexer::{Lexer, Token, continues_name};
use crate::schema::{Attribute, Kind, Schema};
use crate::singular::item_name;
use crate::types::Type;

/// What kind of completion fits at a place.
pub(super) enum Context {
    Value(ValuePlace),
    /// After the dot behind a value.
    Member(Type),
    /// After a value.
    Operator(Type),
    /// After a value and `not`.
    AfterNot,
    /// Inside a text literal that is compared with this attribute.
    InText(Option<&'static Attribute>),
    Nothing,
}

/// Where a value may be written.
pub(super) struct ValuePlace {
    /// The attribute that the value is compared with.
    pub(super) compared: Option<&'static Attribute>,
    /// The item variables of the surrounding loops, innermost first.
    pub(super) items: Vec<(String, Type)>,
}

/// The context at a place, and the range of the word there, which a completion replaces.
pub(super) fn context_at(schema: &'static Schema, text: &str, place: usize) -> (Context, Range) {
    let before = Tokens::of(schema, &text[..place]);
    let behind = text[place..].find(|c| !continues_name(c));
    let end = behind.map_or(text.len(), |length| place + length);
    if let Some(start) = before.open_text {
        return (
            Context::InText(before.compared()),
            Range::new(start + 1, end),
        );
    }
    let written = text[..place].trim_end_matches(continues_name).len();
    let word = Range::new(written, end);
    // Nothing completes a number.
    if text[written..].starts_with(|c: char| c.is_ascii_digit()) && written < place {
        return (Context::Nothing, word);
    }
    (Tokens::of(schema, &text[..written]).context(), word)
}

/// The tokens before a place, and the loops that are open there.
struct Tokens<'t> {
    schema: &'static Schema,
    all: Vec<Token<'t>>,
    /// Each open bracket: its index among the tokens, and the item variable that it introduces.
    open: Vec<(usize, Option<(String, Type)>)>,
    /// The start of a text literal that is not closed.
    open_text: Option<usize>,
}

impl<'t> Tokens<'t> {
    fn of(schema: &'static Schema, text: &'t str) -> Self {
        let mut tokens = Tokens {
            schema,
            all: Vec::new(),
            open: Vec::new(),
            open_text: None,
        };
        let mut lexer = Lexer::new(text);
        loop {
            match lexer.next() {
                Ok((Token::End, _)) => return tokens,
                Ok((token, _)) => tokens.push(token),
                Err(finding) if finding.code == "unterminated_text" => {
                    tokens.open_text = Some(finding.range.start);
                    return tokens;
                }
                // In half-written text, an invalid token only separates its neighbours.
                Err(_) => tokens.push(Token::End),
            }
        }
    }

    fn push(&mut self, token: Token<'t>) {
        match token {
            Token::Sign("(") => self.open.push((self.all.len(), self.loop_item())),
            Token::Sign("[" | "{") => self.open.push((self.all.len(), None)),
            Token::Sign(")" | "]" | "}") => {
                self.open.pop();
            }
            _ => {}
        }
        self.all.push(token);
    }

    /// The item variable of the loop whose opening parenthesis is the next token.
    fn loop_item(&self) -> Option<(String, Type)> {
        let [before @ .., Token::Sign("."), Token::Word(name)] = &self.all[..] else {
            return None;
        };
        let ("any" | "all" | "sum") = name.to_ascii_lowercase().as_str() else {
            return None;
        };
        let list = before.iter().rev().find_map(|token| match token {
            Token::Word(word) => Some(*word),
            _ => None,
        })?;
        let kind = match self.type_of(before.len())? {
            Type::List(items) => *items,
            _ => Type::Any,
        };
        Some((item_name(list), kind))
    }

    fn items(&self) -> Vec<(String, Type)> {
        let items = self.open.iter().rev();
        items.filter_map(|(_, item)| item.clone()).collect()
    }

    fn context(&self) -> Context {
        let end = self.all.len();
        match self.all.last() {
            Some(Token::Sign(".")) => {
                let kind = self.type_of(end - 1);
                kind.map_or(Context::Nothing, Context::Member)
            }
            Some(Token::Word("not")) if end > 1 && self.ends_value(end - 1) => Context::AfterNot,
            Some(Token::Word("matches")) => Context::Nothing,
            Some(_) if self.ends_value(end) => {
                Context::Operator(self.type_of(end).unwrap_or(Type::Any))
            }
            _ => Context::Value(ValuePlace {
                compared: self.compared(),
                items: self.items(),
            }),
        }
    }

    fn before(&self, end: usize) -> Option<&Token<'t>> {
        self.all.get(end.checked_sub(1)?)
    }

    /// Whether a value may end before a token.
    fn ends_value(&self, end: usize) -> bool {
        match self.before(end) {
            Some(Token::Word(word)) => !matches!(*word, "and" | "or" | "not" | "in" | "matches"),
            Some(Token::Number(_) | Token::Text(_) | Token::Sign(")" | "]" | "}")) => true,
            _ => false,
        }
    }

    /// The attribute on the left of the comparison whose right side begins at the place.
    fn compared(&self) -> Option<&'static Attribute> {
        let mut end = self.all.len();
        if let Some((bracket, None)) = self.open.last()
            && matches!(self.all.get(*bracket), Some(Token::Sign("[")))
        {
            end = *bracket;
        }
        let (last, left) = self.all[..end].split_last()?;
        let left = match (last, left) {
            (Token::Sign("=" | "==" | "!="), left) => left,
            (Token::Word("in"), [left @ .., Token::Word("not")]) => left,
            (Token::Word("in"), left) if end < self.all.len() || !left.is_empty() => left,
            _ => return None,
        };
        self.attribute_of(left.len())
    }

    /// The names and indexes of the path that ends before a token.
    fn path_before(&self, end: usize) -> Option<Vec<Step<'t>>> {
        let mut steps = Vec::new();
        let mut place = end;
        loop {
            match self.before(place)? {
                Token::Sign("]") => {
                    let opened = self.opening(place - 1)?;
                    steps.push(Step::Index);
                    place = opened;
                }
                Token::Word(name) => {
                    steps.push(Step::Name(name));
                    place -= 1;
                    match self.before(place) {
                        Some(Token::Sign(".")) => place -= 1,
                        _ => break,
                    }
                }
                _ => return None,
            }
        }
        steps.reverse();
        Some(steps)
    }

    /// The index of the opening bracket that the token at `closing` closes.
    fn opening(&self, closing: usize) -> Option<usize> {
        let mut depth = 0;
        for place in (0..=closing).rev() {
            match self.all.get(place) {
                Some(Token::Sign(")" | "]" | "}")) => depth += 1,
                Some(Token::Sign("(" | "[" | "{")) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(place);
            }
        }
        None
    }

    /// The type of the value that ends before a token, as far as it is known.
    fn type_of(&self, end: usize) -> Option<Type> {
        match self.before(end)? {
            Token::Number(_) => return Some(Type::Number),
            Token::Text(_) => return Some(Type::Text),
            Token::Word("true" | "TRUE" | "false" | "FALSE") => return Some(Type::Boolean),
            Token::Sign(")" | "}") => return Some(Type::Any),
            _ => {}
        }
        let steps = self.path_before(end)?;
        let (first, rest) = steps.split_first()?;
        let Step::Name(name) = first else {
            return Some(Type::Any);
        };
        let mut kind = self.type_named(name)?;
        for step in rest {
            kind = match (step, kind) {
                (Step::Index, Type::List(items)) => *items,
                (Step::Name(name), kind) => {
                    let shape = kind.shape(self.schema);
                    let attribute = shape.and_then(|shape| shape.attribute(name));
                    attribute.map_or(Type::Any, Type::of)
                }
                (Step::Index, _) => Type::Any,
            };
        }
        Some(kind)
    }

    fn type_named(&self, name: &str) -> Option<Type> {
        if let Some((_, kind)) = self.items().into_iter().find(|(known, _)| known == name) {
            return Some(kind);
        }
        self.schema.root().attribute(name).map(Type::of)
    }

    /// The attribute that the path before a token leads to.
    fn attribute_of(&self, end: usize) -> Option<&'static Attribute> {
        let Token::Word(last) = self.before(end)? else {
            return None;
        };
        let owner = match self.before(end - 1) {
            Some(Token::Sign(".")) => self.type_of(end - 2)?.shape(self.schema)?,
            _ => self.schema.root(),
        };
        let attribute = owner.attribute(last)?;
        matches!(attribute.kind(), Kind::Text | Kind::Scalar).then_some(attribute)
    }
}

enum Step<'t> {
    Name(&'t str),
    Index,
}
