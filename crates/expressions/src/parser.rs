//! Parses tokens into a tree by precedence climbing.
//!
//! OroCommerce rules rely on the tight binding of `not` and on concatenation before addition, so both are kept, and the
//! check warns about them. The parser stops at the first mistake and suggests a correction.

mod errors;
mod primary;

use std::sync::Arc;

use super::ast::{Binary, ChainLink, Node, NodeKind};
use super::diagnostic::{Finding, Range};
use super::lexer::{Lexer, Token};
use super::pattern::Pattern;

/// The maximum length of an expression in bytes.
pub const MAX_TEXT: usize = 32 * 1024;
/// The maximum nesting depth of brackets, `not`, signs and `?`.
pub const MAX_NESTING: usize = 64;
const TOO_DEEP: &str = "the expression is nested too deep";
/// The maximum height of the tree; limits the stack that a recursive walk needs.
const MAX_HEIGHT: usize = 200;

type Parsed = Result<Node, Finding>;

pub(super) fn parse(text: &str) -> Parsed {
    if text.len() > MAX_TEXT {
        let message = format!(
            "the expression is {} bytes long; at most {MAX_TEXT} are allowed",
            text.len()
        );
        let range = Range::new(0, text.len());
        return Err(Finding::error("too_long", range, message));
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
        operand: Range::default(),
    };
    let node = parser.expression()?;
    match parser.token {
        Token::End => Ok(node),
        _ => Err(parser.no_operator()),
    }
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The current token.
    token: Token<'t>,
    range: Range,
    /// The end of the token that was taken last.
    end: usize,
    nesting: usize,
    recursion: usize,
    /// Item variables in scope, outermost first.
    items: Vec<Arc<str>>,
    /// The operand that was read last.
    operand: Range,
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
        // A word here means that an operator is missing, inside brackets too.
        if matches!(self.token, Token::Word(_)) {
            return Err(self.no_operator());
        }
        let bracket = opened.of(self.text);
        let message = match self.token {
            Token::End => format!("`{bracket}` is not closed: `{sign}` is missing"),
            _ => format!("`{sign}` is expected here, to close `{bracket}`"),
        };
        Err(match self.token {
            Token::End => Finding::error("unclosed_bracket", opened, message).closed_by(sign),
            _ => Finding::error("unclosed_bracket", self.range, message),
        })
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
        let heights = kind.children().into_iter().map(|child| child.height);
        let height = 1 + heights.max().unwrap_or_default();
        let message = "the expression is nested too deep: split it into several rules";
        self.node_of_height(kind, start, height, message)
    }

    fn node_of_height(
        &self,
        kind: NodeKind,
        start: Range,
        height: usize,
        too_deep: &str,
    ) -> Parsed {
        let range = Range::new(start.start, self.end);
        if height > MAX_HEIGHT {
            return Err(Finding::error("too_deep", range, too_deep));
        }
        Ok(Node {
            kind,
            range,
            inner: range,
            enclosed: false,
            height,
        })
    }

    fn expression(&mut self) -> Parsed {
        let start = self.range;
        let condition = self.ranked(0)?;
        if !self.is("?") {
            return Ok(condition);
        }
        self.nested(|this| {
            this.advance()?;
            let branch = |this: &mut Self| this.expression().map(Box::new);
            let kind = NodeKind::Choice {
                condition: Box::new(condition),
                yes: (!this.is(":")).then(|| branch(this)).transpose()?,
                no: this.take(":")?.then(|| branch(this)).transpose()?,
            };
            this.node(kind, start)
        })
    }

    /// Parses an operand and the operators of at least this rank after it.
    fn ranked(&mut self, rank: u16) -> Parsed {
        if self.recursion == MAX_HEIGHT {
            return Err(Finding::error("too_deep", self.range, TOO_DEEP));
        }
        self.recursion += 1;
        let parsed = self.climb(rank);
        self.recursion -= 1;
        parsed
    }

    fn climb(&mut self, rank: u16) -> Parsed {
        let start = self.range;
        let mut left = self.primary()?;
        self.operand = left.range;
        while let Some(operator) = self.operator(rank)? {
            if operator == Binary::Matches {
                let pattern = self.ranked(operator.rank() + 1)?;
                let kind = NodeKind::Matches {
                    subject: Box::new(left),
                    pattern: compiled(&pattern)?,
                };
                left = self.node(kind, start)?;
                continue;
            }
            let tighter = operator.rank() + u16::from(operator != Binary::Power);
            let link = ChainLink {
                operator,
                operand: self.ranked(tighter)?,
            };
            left = self.linked(left, link, start)?;
        }
        Ok(left)
    }

    /// Extends a chain of the same rank, or begins a new one.
    fn linked(&mut self, left: Node, link: ChainLink, start: Range) -> Parsed {
        let same_rank = |links: &[ChainLink]| {
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
                self.node_of_height(NodeKind::Chain { first, rest }, start, height, TOO_DEEP)
            }
            kind => {
                let first = Box::new(Node { kind, ..left });
                let rest = vec![link];
                self.node(NodeKind::Chain { first, rest }, start)
            }
        }
    }

    /// Takes the operator at the current token, if it has at least this rank.
    fn operator(&mut self, rank: u16) -> Result<Option<Binary>, Finding> {
        let word = match &self.token {
            Token::Sign("==") => "=",
            Token::Sign("&&") => "and",
            Token::Sign("||") => "or",
            Token::Sign(sign) => sign,
            Token::Word("not") => "not in",
            Token::Word(word @ ("and" | "or" | "in" | "matches")) => word,
            _ => return Ok(None),
        };
        let Some(operator) = Binary::of_word(word) else {
            return Ok(None);
        };
        if operator.rank() < rank {
            return Ok(None);
        }
        let (_, at) = self.advance()?;
        if operator == Binary::NotIn {
            if self.token != Token::Word("in") {
                return Err(self.no_operator_after_not(at));
            }
            self.advance()?;
        }
        Ok(Some(operator))
    }
}

/// The pattern of `matches`, which must be a constant text.
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
