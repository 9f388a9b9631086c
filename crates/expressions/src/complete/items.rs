//! Collects the completions for a context.

use super::context::ValuePlace;
use super::{Completion, CompletionKind};
use crate::diagnostic::Range;
use crate::language::{FUNCTIONS, FunctionInfo, operators};
use crate::schema::{Attribute, Schema};
use crate::types::Type;

/// The maximum number of completions.
const MOST: usize = 400;

/// The completions found so far.
pub(super) struct CompletionItems<'t> {
    schema: &'static Schema,
    /// The part of the word before the place, in lower case.
    written: String,
    text: &'t str,
    range: Range,
    found: Vec<Completion>,
}

impl<'t> CompletionItems<'t> {
    pub(super) fn new(schema: &'static Schema, text: &'t str, word: Range, place: usize) -> Self {
        let before = Range::new(word.start, place);
        Self {
            schema,
            written: before.of(text).to_lowercase(),
            text,
            range: word,
            found: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Vec<Completion> {
        self.found.truncate(MOST);
        self.found
    }

    fn add(
        &mut self,
        label: &str,
        kind: CompletionKind,
        value_type: Option<String>,
        insert: String,
    ) {
        if !label.to_lowercase().starts_with(&self.written) {
            return;
        }
        let span = self.range.span(self.text);
        self.found.push(Completion {
            label: label.to_owned(),
            kind,
            value_type,
            insert_text: insert,
            start: span.start,
            end: span.end,
        });
    }

    pub(super) fn values(&mut self, place: &ValuePlace) {
        if let Some(attribute) = place.compared {
            self.quoted(attribute);
        }
        for (name, kind) in &place.items {
            let kind = Some(self.described(kind));
            self.add(name, CompletionKind::Variable, kind, name.clone());
        }
        for attribute in self.schema.root().attributes() {
            self.attribute(attribute, CompletionKind::Path);
        }
        for function in FUNCTIONS.iter().filter(|function| !function.follows_list) {
            self.function(function);
        }
        for (word, insert, kind) in [
            ("true", "true", "boolean"),
            ("false", "false", "boolean"),
            ("null", "null", "null"),
            ("not", "not ", "boolean"),
        ] {
            let kind = Some(kind.to_owned());
            self.add(word, CompletionKind::Keyword, kind, insert.to_owned());
        }
    }

    fn quoted(&mut self, attribute: &'static Attribute) {
        for value in attribute.values() {
            let kind = Some("text".to_owned());
            self.add(value, CompletionKind::Value, kind, format!("'{value}'"));
        }
    }

    /// The known values of an attribute, for a place inside quotes.
    pub(super) fn texts(&mut self, attribute: Option<&'static Attribute>) {
        for value in attribute.map_or(&[][..], Attribute::values) {
            let kind = Some("text".to_owned());
            self.add(value, CompletionKind::Value, kind, value.clone());
        }
    }

    pub(super) fn members(&mut self, kind: &Type) {
        if let Some(shape) = kind.shape(self.schema) {
            for attribute in shape.attributes() {
                self.attribute(attribute, CompletionKind::Member);
            }
        }
        if matches!(kind, Type::List(_)) {
            for function in FUNCTIONS.iter().filter(|function| function.follows_list) {
                self.function(function);
            }
        }
    }

    pub(super) fn operators(&mut self, kind: &Type) {
        let (number, text) = (kind.may_be_number(), kind.may_be_text());
        for operator in operators() {
            let fits = match operator.operator {
                "." | "not" | "&" | "^" | "|" => false,
                "**" | "*" | "/" | "%" | "+" | "-" | ".." => number,
                "<" | ">" | "<=" | ">=" | "~" => number || text,
                "matches" => text,
                "=" | "!=" | "in" | "not in" => !matches!(kind, Type::Map),
                _ => true,
            };
            let word = operator.operator;
            if !fits {
                continue;
            }
            match word.starts_with(|c: char| c.is_alphabetic()) {
                true => self.keyword(word),
                false => self.add(word, CompletionKind::Operator, None, format!("{word} ")),
            }
        }
    }

    pub(super) fn keyword(&mut self, word: &str) {
        self.add(word, CompletionKind::Keyword, None, format!("{word} "));
    }

    fn attribute(&mut self, attribute: &'static Attribute, kind: CompletionKind) {
        let (name, value_type) = (attribute.name(), attribute.kind().to_string());
        self.add(name, kind, Some(value_type), name.to_owned());
    }

    fn function(&mut self, function: &FunctionInfo) {
        let (name, kind) = (function.name, Some(function.kind.to_owned()));
        self.add(name, CompletionKind::Function, kind, format!("{name}("));
    }

    fn described(&self, kind: &Type) -> String {
        match kind.shape(self.schema) {
            Some(shape) => shape.name().to_owned(),
            None => kind.word().to_owned(),
        }
    }
}
