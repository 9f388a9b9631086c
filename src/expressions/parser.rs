//! Tokens to a tree, by precedence climbing.
//!
//! Tight `not` and concatenation before addition are part of the language that existing rules are written in; they are
//! kept, and the checker warns. The parser stops at the first mistake and says what would have been right there.

use std::sync::Arc;

use super::ast::{Binary, Function, Link, Name, Node, NodeKind, Quantifier, Step, Unary};
use super::diagnostic::{Finding, Range, nearest};
use super::lexer::{Lexer, Token};
use super::pattern::Pattern;
use super::singular::item_name;

/// The longest text of an expression, in bytes.
pub const MAX_TEXT: usize = 4096;
/// How deep brackets, `not`, signs and `?` may be nested.
pub const MAX_NESTING: usize = 64;
/// How many nodes may lie one inside the other; keeps every walk over the tree within a small stack.
const MAX_HEIGHT: usize = 200;

type Parsed = Result<Node, Finding>;

pub(super) fn parse(text: &str) -> Parsed {
    if text.len() > MAX_TEXT {
        let message = format!(
            "the expression is {} bytes long; at most {MAX_TEXT} are allowed",
            text.len()
        );
        return Err(Finding::error(
            "too_long",
            Range {
                start: 0,
                end: text.len(),
            },
            message,
        ));
    }
    let mut lexer = Lexer::new(text);
    let (token, range) = lexer.next()?;
    let mut parser = Parser {
        text,
        lexer,
        token,
        range,
        end: 0,
        nesting: 0,
        recursion: 0,
        items: Vec::new(),
    };
    let node = parser.expression()?;
    match parser.token {
        Token::End => Ok(node),
        _ => Err(parser.no_operator(&node)),
    }
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The token to be looked at next.
    token: Token<'t>,
    range: Range,
    /// Where the last taken token ended.
    end: usize,
    nesting: usize,
    recursion: usize,
    /// Item variables in scope, outermost first.
    items: Vec<Arc<str>>,
}

impl<'t> Parser<'t> {
    fn advance(&mut self) -> Result<(Token<'t>, Range), Finding> {
        let (token, range) = self.lexer.next()?;
        self.end = self.range.end;
        Ok((
            std::mem::replace(&mut self.token, token),
            std::mem::replace(&mut self.range, range),
        ))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(found) if found == sign)
    }

    fn take(&mut self, sign: &str) -> Result<bool, Finding> {
        let found = self.is(sign);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, sign: &str, opened: Range) -> Result<(), Finding> {
        if self.take(sign)? {
            return Ok(());
        }
        let bracket = opened.of(self.text);
        let message = match self.token {
            Token::End => format!("`{bracket}` is not closed: `{sign}` is missing"),
            _ => format!("`{sign}` is expected here, to close `{bracket}`"),
        };
        let range = if self.token == Token::End {
            opened
        } else {
            self.range
        };
        Err(Finding::error("unclosed_bracket", range, message))
    }

    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        if self.nesting == MAX_NESTING {
            let message = format!("the expression is nested more than {MAX_NESTING} deep");
            return Err(Finding::error("too_deep", self.range, message));
        }
        self.nesting += 1;
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    fn node(&self, kind: NodeKind, start: Range) -> Parsed {
        let range = Range {
            start: start.start,
            end: self.end,
        };
        let mut node = Node {
            kind,
            range,
            inner: range,
            enclosed: false,
            height: 1,
        };
        node.height += node
            .children()
            .iter()
            .map(|child| child.height)
            .max()
            .unwrap_or_default();
        if node.height > MAX_HEIGHT {
            return Err(Finding::error(
                "too_deep",
                range,
                "the expression is nested too deep: split it into several rules",
            ));
        }
        Ok(node)
    }

    fn expression(&mut self) -> Parsed {
        let start = self.range;
        let condition = self.ranked(0)?;
        if !self.is("?") {
            return Ok(condition);
        }
        self.nested(|this| {
            this.advance()?;
            let yes = if this.is(":") {
                None
            } else {
                Some(Box::new(this.expression()?))
            };
            let no = if this.take(":")? {
                Some(Box::new(this.expression()?))
            } else {
                None
            };
            this.node(
                NodeKind::Choice {
                    condition: Box::new(condition),
                    yes,
                    no,
                },
                start,
            )
        })
    }

    /// Operators of at least this rank.
    fn ranked(&mut self, rank: u16) -> Parsed {
        if self.recursion == MAX_HEIGHT {
            return Err(Finding::error(
                "too_deep",
                self.range,
                "the expression is nested too deep",
            ));
        }
        self.recursion += 1;
        let parsed = self.climb(rank);
        self.recursion -= 1;
        parsed
    }

    fn climb(&mut self, rank: u16) -> Parsed {
        let start = self.range;
        let mut left = self.primary()?;
        while let Some(operator) = self.operator(rank)? {
            if operator == Binary::Matches {
                let pattern = self.ranked(operator.rank() + 1)?;
                let pattern = compiled(&pattern)?;
                left = self.node(
                    NodeKind::Matches {
                        subject: Box::new(left),
                        pattern,
                    },
                    start,
                )?;
                continue;
            }
            let tighter = if operator == Binary::Power {
                operator.rank()
            } else {
                operator.rank() + 1
            };
            let link = Link {
                operator,
                operand: self.ranked(tighter)?,
            };
            left = self.linked(left, link, start)?;
        }
        Ok(left)
    }

    /// Lengthens a run of the same rank, or begins one.
    fn linked(&mut self, left: Node, link: Link, start: Range) -> Parsed {
        let same_rank = |links: &[Link]| {
            links
                .first()
                .is_some_and(|known| known.operator.rank() == link.operator.rank())
        };
        match left.kind {
            NodeKind::Chain { first, mut rest }
                if !left.enclosed && same_rank(&rest) && link.operator != Binary::Power =>
            {
                let height = left.height.max(link.operand.height + 1);
                rest.push(link);
                let range = Range {
                    start: start.start,
                    end: self.end,
                };
                if height > MAX_HEIGHT {
                    return Err(Finding::error(
                        "too_deep",
                        range,
                        "the expression is nested too deep",
                    ));
                }
                Ok(Node {
                    kind: NodeKind::Chain { first, rest },
                    range,
                    inner: range,
                    enclosed: false,
                    height,
                })
            }
            kind => {
                let first = Box::new(Node { kind, ..left });
                self.node(
                    NodeKind::Chain {
                        first,
                        rest: vec![link],
                    },
                    start,
                )
            }
        }
    }

    /// Takes the operator that stands here, when it is of at least this rank.
    fn operator(&mut self, rank: u16) -> Result<Option<Binary>, Finding> {
        let operator = match &self.token {
            Token::Sign(sign) => match *sign {
                "**" => Binary::Power,
                "*" => Binary::Times,
                "/" => Binary::Over,
                "%" => Binary::Modulo,
                "~" => Binary::Concat,
                "+" => Binary::Plus,
                "-" => Binary::Minus,
                ".." => Binary::Range,
                "=" | "==" => Binary::Equal,
                "!=" => Binary::Unequal,
                "<" => Binary::Less,
                ">" => Binary::Greater,
                "<=" => Binary::LessOrEqual,
                ">=" => Binary::GreaterOrEqual,
                "&" => Binary::BitAnd,
                "^" => Binary::BitXor,
                "|" => Binary::BitOr,
                "&&" => Binary::And,
                "||" => Binary::Or,
                _ => return Ok(None),
            },
            Token::Word("and") => Binary::And,
            Token::Word("or") => Binary::Or,
            Token::Word("in") => Binary::In,
            Token::Word("matches") => Binary::Matches,
            Token::Word("not") => Binary::NotIn,
            _ => return Ok(None),
        };
        if operator.rank() < rank {
            return Ok(None);
        }
        let (_, at) = self.advance()?;
        if operator == Binary::NotIn {
            if self.token != Token::Word("in") {
                let message = "`not` stands before a condition, or as `not in` between two values";
                return Err(Finding::error("unexpected", at, message).suggesting("not in"));
            }
            self.advance()?;
        }
        Ok(Some(operator))
    }

    fn primary(&mut self) -> Parsed {
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
                self.expect(")", range)?;
                inner.enclosed = true;
                inner.range = Range {
                    start: range.start,
                    end: self.end,
                };
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
            Token::End => Err(Finding::error(
                "unexpected_end",
                range,
                "the expression ends where a value is expected",
            )),
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
            self.node(
                NodeKind::Name(Name {
                    text: word.into(),
                    item,
                }),
                range,
            )?
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
            let like = nearest(name, FUNCTIONS.map(|(known, _)| known));
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
        let node = self.node(
            NodeKind::Call {
                function: *function,
                arguments,
            },
            range,
        )?;
        let given = match &node.kind {
            NodeKind::Call { arguments, .. } => arguments.len(),
            _ => 0,
        };
        let fits = match function {
            Function::Count | Function::Decimal => given == 1,
            Function::Min | Function::Max => given > 0,
        };
        if fits {
            return Ok(node);
        }
        let wanted = if given == 0 {
            "an argument"
        } else {
            "one argument only"
        };
        Err(Finding::error(
            "wrong_arguments",
            node.range,
            format!("`{name}` takes {wanted}"),
        ))
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
            if !self.take(":")? {
                return Err(Finding::error(
                    "unexpected",
                    self.range,
                    "`:` and a value are expected after a key",
                ));
            }
            entries.push((key, self.expression()?));
            if !self.take(",")? {
                break;
            }
        }
        self.expect("}", opened)?;
        Ok(entries)
    }

    /// `.name`, `[index]` and `.any(…)` behind a value.
    fn postfix(&mut self, base: Node) -> Parsed {
        let start = base.range;
        let mut steps = Vec::new();
        loop {
            if self.is("[") {
                let (_, opened) = self.advance()?;
                let index = self.nested(Self::expression)?;
                self.expect("]", opened)?;
                steps.push(Step::Index {
                    index,
                    range: Range {
                        start: opened.start,
                        end: self.end,
                    },
                });
            } else if self.take(".")? {
                let (token, range) = self.advance()?;
                let Token::Word(name) = token else {
                    return Err(Finding::error(
                        "unexpected",
                        range,
                        "the name of an attribute is expected after `.`",
                    ));
                };
                if self.is("(") {
                    let receiver = self.accessed(base, steps, start)?;
                    return self.quantified(receiver, name, range);
                }
                steps.push(Step::Attribute {
                    name: name.into(),
                    range,
                });
            } else {
                return self.accessed(base, steps, start);
            }
        }
    }

    fn accessed(&self, base: Node, steps: Vec<Step>, start: Range) -> Parsed {
        if steps.is_empty() {
            return Ok(base);
        }
        let end = steps.last().map_or(self.end, |step| step.range().end);
        let mut node = self.node(
            NodeKind::Access {
                base: Box::new(base),
                steps,
            },
            start,
        )?;
        node.range.end = end;
        Ok(node)
    }

    fn quantified(&mut self, receiver: Node, method: &str, range: Range) -> Parsed {
        let quantifier = match method.to_ascii_lowercase().as_str() {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            "sum" => Quantifier::Sum,
            _ => return Err(unknown_method(method, range)),
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
        self.node(
            NodeKind::Quantified {
                quantifier,
                receiver: Box::new(receiver),
                item,
                body,
            },
            start,
        )
    }

    /// Something follows a complete expression.
    fn no_operator(&self, left: &Node) -> Finding {
        let found = self.range.of(self.text);
        let suggestion = match &self.token {
            Token::Word(word) => match word.to_lowercase().as_str() {
                "and" => Some("and"),
                "or" => Some("or"),
                "not" => Some("not in"),
                "in" => Some("in"),
                "matches" | "like" | "regexp" | "startswith" | "starts" | "endswith" | "ends" => {
                    Some("matches")
                }
                "is" | "equals" | "eq" => Some("="),
                "xor" | "ne" => Some("!="),
                "contains" => Some("in"),
                "between" => Some("in 1..9"),
                _ => None,
            },
            _ => None,
        };
        let message = match (&self.token, suggestion) {
            (Token::Word("contains"), _) => {
                "`contains` is not an operator here: write `value in list`, or `text matches '/part/'`".into()
            }
            (_, Some(ours)) => format!("`{found}` is not an operator here: write `{ours}`"),
            (Token::Sign(")" | "]" | "}"), _) => format!("`{found}` closes nothing"),
            (Token::Sign(":"), _) => "`:` belongs behind `?`".into(),
            _ if matches!(&left.kind, NodeKind::Name(name) if name.text.eq_ignore_ascii_case("if")) => {
                "write `condition ? value : other`".into()
            }
            _ => format!("an operator such as `and` is expected before `{found}`"),
        };
        let code = if suggestion.is_some() {
            "unknown_operator"
        } else {
            "unexpected"
        };
        Finding::error(code, self.range, message).suggesting_if(suggestion.map(str::to_owned))
    }
}

fn unknown_method(method: &str, range: Range) -> Finding {
    let (message, suggestion) = match method.to_ascii_lowercase().as_str() {
        "count" | "length" | "size" => ("write `count(list)`".to_owned(), Some("count")),
        "filter" | "some" | "exists" | "contains" => {
            ("write `list.any(condition)`".to_owned(), Some("any"))
        }
        "every" => ("write `list.all(condition)`".to_owned(), Some("all")),
        _ => (
            format!("there is no `{method}(…)` on values; there are any, all and sum"),
            nearest(method, ["any", "all", "sum"]),
        ),
    };
    Finding::error("unknown_method", range, message).suggesting_if(suggestion.map(str::to_owned))
}

/// The name an item of this receiver goes by: the singular of its last name.
fn item_of(receiver: &Node) -> Option<String> {
    match &receiver.kind {
        NodeKind::Name(name) => Some(item_name(&name.text)),
        NodeKind::Access { base, steps } => {
            for step in steps.iter().rev() {
                match step {
                    Step::Attribute { name, .. } => return Some(item_name(name)),
                    Step::Index {
                        index:
                            Node {
                                kind: NodeKind::Text(name),
                                ..
                            },
                        ..
                    } => return Some(item_name(name)),
                    // One of several lists: `matrix[0]` is called by the name of what holds it.
                    Step::Index {
                        index:
                            Node {
                                kind: NodeKind::Number(_),
                                ..
                            },
                        ..
                    } => {}
                    Step::Index { .. } => return None,
                }
            }
            item_of(base)
        }
        _ => None,
    }
}

/// The pattern of `matches`, a text known when the expression is saved.
fn compiled(node: &Node) -> Result<Arc<Pattern>, Finding> {
    let Some(literal) = constant_text(node) else {
        let message = "the pattern of `matches` must be a text in quotes, such as '/^B/'";
        return Err(Finding::error("pattern_not_constant", node.range, message));
    };
    Pattern::compile(&literal)
        .map(Arc::new)
        .map_err(|refusal| Finding::error("bad_pattern", node.range, refusal))
}

fn constant_text(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Text(text) => Some(text.to_string()),
        NodeKind::Chain { first, rest }
            if rest.iter().all(|link| link.operator == Binary::Concat) =>
        {
            let mut text = constant_text(first)?;
            for link in rest {
                text.push_str(&constant_text(&link.operand)?);
            }
            Some(text)
        }
        _ => None,
    }
}
