//! Parses primary expressions: literals, names, brackets, and the accessors after them.

use std::sync::Arc;

use super::Parsed;
use super::Parser;
use crate::ast::{Accessor, Function, NameNode, Node, NodeKind, Quantifier, Unary};
use crate::diagnostic::{Finding, Range, nearest};
use crate::lexer::Token;
use crate::singular::item_name;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parsed {
        let start = self.range;
        let unary = match &self.token {
            Token::Word("not") | Token::Sign("!") => Some(Unary::Not),
            Token::Sign("-") => Some(Unary::Minus),
            Token::Sign("+") => Some(Unary::Plus),
            _ => None,
        };
        if let Some(operator) = unary {
            return self.nested(|this| {
                this.advance()?;
                let operand = Box::new(this.ranked(operator.rank())?);
                this.node(NodeKind::Unary { operator, operand }, start)
            });
        }
        let (token, range) = self.advance()?;
        match token {
            Token::Number(number) => self.literal(NodeKind::Number(number), range),
            Token::Text(text) => self.literal(NodeKind::Text(text.into()), range),
            Token::Word(word) => self.word(word, range),
            Token::Sign("(") => {
                let mut inner = self.nested(Self::expression)?;
                if self.is(",") {
                    return Err(self.wrong_brackets(range, ")"));
                }
                self.expect(")", range)?;
                inner.enclosed = true;
                inner.range = Range::new(range.start, self.end);
                self.postfix(inner)
            }
            Token::Sign("[") => {
                let items = self.nested(|this| this.list(range))?;
                let node = self.node(NodeKind::List(items), range)?;
                self.postfix(node)
            }
            Token::Sign("{") => {
                let entries = self.nested(|this| this.map(range))?;
                let node = self.node(NodeKind::Map(entries), range)?;
                self.postfix(node)
            }
            Token::Sign(sign) => {
                let message = format!("a value is expected here, not `{sign}`");
                Err(Finding::error("unexpected", range, message)
                    .suggesting_if((sign == ".").then(|| "0.".into())))
            }
            Token::End => {
                let message = "the expression ends where a value is expected";
                Err(Finding::error("unexpected_end", range, message))
            }
        }
    }

    fn literal(&mut self, kind: NodeKind, range: Range) -> Parsed {
        if self.is(".") || self.is("[") {
            let message = "a literal has no attributes or items";
            return Err(Finding::error("unexpected", self.range, message));
        }
        self.node(kind, range)
    }

    fn word(&mut self, word: &str, range: Range) -> Parsed {
        match word {
            "true" | "TRUE" => return self.literal(NodeKind::Bool(true), range),
            "false" | "FALSE" => return self.literal(NodeKind::Bool(false), range),
            "null" | "NULL" => return self.literal(NodeKind::Null, range),
            "and" | "or" | "in" | "matches" => {
                let message = format!("`{word}` needs a value on its left");
                return Err(Finding::error("unexpected", range, message));
            }
            "NOT"
                if matches!(
                    self.token,
                    Token::Word(_) | Token::Number(_) | Token::Text(_)
                ) || self.is("(") =>
            {
                let message = "operators are written in small letters: `not`";
                return Err(Finding::error("unknown_operator", range, message).suggesting("not"));
            }
            _ => {}
        }
        let node = if self.is("(") {
            self.call(word, range)?
        } else {
            let item = self.items.iter().rev().position(|item| **item == *word);
            let text = word.into();
            self.node(NodeKind::Name(NameNode { text, item }), range)?
        };
        self.postfix(node)
    }

    fn call(&mut self, name: &str, range: Range) -> Parsed {
        const FUNCTIONS: [(&str, Function); 4] = [
            ("count", Function::Count),
            ("min", Function::Min),
            ("max", Function::Max),
            ("decimal", Function::Decimal),
        ];
        let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            let like = match name.to_ascii_lowercase().as_str() {
                "len" | "length" | "size" => Some("count"),
                "number" | "float" | "int" | "tonumber" => Some("decimal"),
                _ => nearest(name, FUNCTIONS.map(|(known, _)| known)),
            };
            let message = match like {
                Some(like) => format!("there is no function `{name}`; did you mean `{like}`?"),
                None => {
                    format!("there is no function `{name}`; there are count, min, max and decimal")
                }
            };
            return Err(Finding::error("unknown_function", range, message)
                .suggesting_if(like.map(str::to_owned)));
        };
        let (_, opened) = self.advance()?;
        let mut arguments = Vec::new();
        if !self.is(")") {
            self.nested(|this| {
                arguments.push(this.expression()?);
                while this.take(",")? {
                    arguments.push(this.expression()?);
                }
                Ok(())
            })?;
        }
        self.expect(")", opened)?;
        let (function, given) = (*function, arguments.len());
        let kind = NodeKind::Call {
            function,
            arguments,
        };
        let node = self.node(kind, range)?;
        let fits = match function {
            Function::Count | Function::Decimal => given == 1,
            Function::Min | Function::Max => given > 0,
        };
        if fits {
            return Ok(node);
        }
        let wanted = match given {
            0 => "an argument",
            _ => "one argument only",
        };
        let message = format!("`{name}` takes {wanted}");
        Err(Finding::error("wrong_arguments", node.range, message))
    }

    fn list(&mut self, opened: Range) -> Result<Vec<Node>, Finding> {
        let mut items = Vec::new();
        while !self.is("]") {
            items.push(self.expression()?);
            if !self.take(",")? {
                break;
            }
        }
        self.expect("]", opened)?;
        Ok(items)
    }

    fn map(&mut self, opened: Range) -> Result<Vec<(Node, Node)>, Finding> {
        let mut entries = Vec::new();
        while !self.is("}") {
            let (token, range) = self.advance()?;
            let key = match token {
                Token::Word(word) => self.node(NodeKind::Text(word.into()), range)?,
                Token::Text(text) => self.node(NodeKind::Text(text.into()), range)?,
                Token::Number(number) => self.node(NodeKind::Number(number), range)?,
                Token::Sign("(") => {
                    let key = self.nested(Self::expression)?;
                    self.expect(")", range)?;
                    key
                }
                _ => {
                    let message =
                        "a key is a name, a text, a number or an expression in parentheses";
                    return Err(Finding::error("unexpected", range, message));
                }
            };
            if self.is(",") || self.is("}") {
                return Err(self.wrong_brackets(opened, "}"));
            }
            if !self.take(":")? {
                let message = "`:` and a value are expected after a key";
                return Err(Finding::error("unexpected", self.range, message));
            }
            entries.push((key, self.expression()?));
            if !self.take(",")? {
                break;
            }
        }
        self.expect("}", opened)?;
        Ok(entries)
    }

    /// Parses `.name`, `[index]` and `.any(…)` after a value.
    fn postfix(&mut self, base: Node) -> Parsed {
        let start = base.range;
        let mut steps = Vec::new();
        loop {
            if self.is("[") {
                let (_, opened) = self.advance()?;
                let index = self.nested(Self::expression)?;
                self.expect("]", opened)?;
                let range = Range::new(opened.start, self.end);
                steps.push(Accessor::Index { index, range });
            } else if self.take(".")? {
                let (token, range) = self.advance()?;
                let Token::Word(name) = token else {
                    let message = "the name of an attribute is expected after `.`";
                    return Err(Finding::error("unexpected", range, message));
                };
                if self.is("(") {
                    let receiver = self.accessed(base, steps, start)?;
                    return self.quantified(receiver, name, range);
                }
                let name = name.into();
                steps.push(Accessor::Attribute { name, range });
            } else {
                return self.accessed(base, steps, start);
            }
        }
    }

    fn accessed(&self, base: Node, steps: Vec<Accessor>, start: Range) -> Parsed {
        if steps.is_empty() {
            return Ok(base);
        }
        let end = steps.last().map_or(self.end, |step| step.range().end);
        let base = Box::new(base);
        let mut node = self.node(NodeKind::Access { base, steps }, start)?;
        node.range.end = end;
        node.inner.end = end;
        Ok(node)
    }

    fn quantified(&mut self, receiver: Node, method: &str, range: Range) -> Parsed {
        let quantifier = match method.to_ascii_lowercase().as_str() {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            "sum" => Quantifier::Sum,
            _ => return Err(self.unknown_method(receiver.range, method, range)),
        };
        let Some(item) = item_of(&receiver) else {
            let message =
                "the items have no name: `any`, `all` and `sum` follow the name of a list";
            return Err(Finding::error("no_item_name", receiver.range, message));
        };
        let start = receiver.range;
        let item: Arc<str> = item.into();
        let (_, opened) = self.advance()?;
        self.items.push(item.clone());
        let body = self.nested(Self::expression);
        self.items.pop();
        let body = Box::new(body?);
        if self.is(",") {
            let message = format!("`{method}` takes one expression only");
            return Err(Finding::error("wrong_arguments", self.range, message));
        }
        self.expect(")", opened)?;
        if self.is("[") || self.is(".") {
            let message = format!("what `{method}` answers has no attributes or items");
            return Err(Finding::error("unexpected", self.range, message));
        }
        let kind = NodeKind::Quantified {
            quantifier,
            receiver: Box::new(receiver),
            item,
            body,
        };
        self.node(kind, start)
    }
}

/// The name of the item variable for this receiver: the singular of its last name.
fn item_of(receiver: &Node) -> Option<String> {
    match &receiver.kind {
        NodeKind::Name(name) => Some(item_name(&name.text)),
        NodeKind::Access { base, steps } => {
            for step in steps.iter().rev() {
                match step {
                    Accessor::Attribute { name, .. } => return Some(item_name(name)),
                    Accessor::Index { index, .. } => match &index.kind {
                        NodeKind::Text(name) => return Some(item_name(name)),
                        // A list inside a list, such as `matrix[0]`, takes the name of the outer list.
                        NodeKind::Number(_) => {}
                        _ => return None,
                    },
                }
            }
            item_of(base)
        }
        _ => None,
    }
}
