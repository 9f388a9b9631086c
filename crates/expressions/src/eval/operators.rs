//! Evaluates operators.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Evaluated, Run, mismatch, show, unusable, wrong_kind};
use crate::ast::Binary;
use crate::compile::{Code, Comparison, FoldStep, Membership, Op};
use crate::diagnostic::Range;
use crate::error::{ErrorCode, Failure};
use crate::number::{self, ArithmeticError};
use crate::operand::{Items, Operand};
use crate::pattern::Pattern;
use crate::scope::Scopes;
use crate::value::Value;

impl<'a> Run<'_, 'a> {
    pub(super) fn compare(
        &mut self,
        comparison: &'a Comparison,
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Result<bool, Failure> {
        // Fast path: an attribute compared with a constant.
        if let Op::Path(path) = &comparison.left.op {
            match (self.place(path, scope), &comparison.right.op) {
                (Some(Value::Number(left)), Op::Number(right)) => {
                    let order = number::compare(*left, *right);
                    return Ok(satisfies(comparison.operator, order));
                }
                (Some(Value::Text(left)), Op::Text(right)) => {
                    self.spend_bytes(left.len().min(right.len()), range)?;
                    return Ok(satisfies(comparison.operator, (**left).cmp(right)));
                }
                _ => {}
            }
        }
        let left = self.eval(&comparison.left, scope)?;
        let right = self.eval(&comparison.right, scope)?;
        self.compare_values(comparison.operator, &left, &right, range)
    }

    pub(super) fn matches(
        &mut self,
        subject: &'a Code,
        pattern: &Pattern,
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Result<bool, Failure> {
        if let Op::Path(path) = &subject.op
            && let Some(Value::Text(text)) = self.place(path, scope)
        {
            return self.found(pattern, text, range);
        }
        let subject = self.eval(subject, scope)?;
        match subject.as_text() {
            Some(text) => self.found(pattern, text, range),
            None => Err(wrong_kind(range, "`matches` takes a text", &subject)),
        }
    }

    fn found(&mut self, pattern: &Pattern, text: &str, range: Range) -> Result<bool, Failure> {
        // Matching takes longer per byte than comparing, so every byte costs one step.
        self.spend(text.len() as u64, range)?;
        Ok(pattern.is_match(text))
    }

    fn compare_values(
        &mut self,
        operator: Binary,
        left: &Operand<'a>,
        right: &Operand<'a>,
        range: Range,
    ) -> Result<bool, Failure> {
        if let (Operand::Number(left), Operand::Number(right)) = (left, right) {
            return Ok(satisfies(operator, number::compare(*left, *right)));
        }
        self.spend_bytes(left.weight_against(right), range)?;
        let verdict = match operator {
            Binary::Equal => left.equals(right),
            Binary::Unequal => left.equals(right).map(|equal| !equal),
            _ => left.compare(right).map(|order| satisfies(operator, order)),
        };
        verdict.map_err(|_| {
            let (word, left, right) = (operator.word(), left.kind(), right.kind());
            let message = format!("`{word}` cannot compare {left} with {right}");
            mismatch(range, message)
        })
    }

    pub(super) fn membership(
        &mut self,
        membership: &'a Membership,
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Result<bool, Failure> {
        let set = &membership.set;
        if let Op::Path(path) = &membership.subject.op
            && let Some(Value::Text(text)) = self.place(path, scope)
            && set.numbers.is_empty()
            && set.bools.is_empty()
        {
            self.spend_bytes(text.len(), membership.subject.range)?;
            return Ok(set.has_text(text) != membership.negated);
        }
        let subject = self.eval(&membership.subject, scope)?;
        let found = match &subject {
            Operand::Number(number) => set.numbers.binary_search(number).is_ok(),
            Operand::Null => set.null,
            Operand::Bool(value) => set.bools.contains(value),
            other => match other.as_text() {
                Some(text) => {
                    self.spend_bytes(text.len(), membership.subject.range)?;
                    set.has_text(text)
                }
                None => false,
            },
        };
        if membership.strict
            && !found
            && let Some(member) = set.incomparable_member(&subject)
        {
            let operator = match membership.negated {
                true => Binary::NotIn,
                false => Binary::In,
            };
            return Err(incomparable_member(operator, &subject, &member, range));
        }
        Ok(found != membership.negated)
    }

    fn member(
        &mut self,
        link: &FoldStep,
        subject: &Operand<'a>,
        list: &Operand<'a>,
        range: Range,
    ) -> Result<bool, Failure> {
        let Some(items) = self.items(list, range)? else {
            return Err(wrong_kind(range, "`in` looks into a list", list));
        };
        if let Items::Range(first, last) = items {
            let Operand::Number(number) = subject else {
                let member = Operand::Number(first.into());
                return match subject.equals(&member) {
                    Err(_) if link.strict => {
                        Err(incomparable_member(link.operator, subject, &member, range))
                    }
                    _ => Ok(false),
                };
            };
            let (low, high) = (first.min(last), first.max(last));
            return Ok(
                number::to_integer(*number).is_some_and(|number| low <= number && number <= high)
            );
        }
        let mut unlike = None;
        for index in 0..items.len() {
            let item = items.get(index).map_err(|_| unusable(range))?;
            self.spend(1, range)?;
            self.spend_bytes(item.weight_against(subject), range)?;
            match subject.equals(&item) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(_) => unlike = unlike.or(Some(item)),
            }
        }
        match unlike.filter(|_| link.strict) {
            Some(member) => Err(incomparable_member(link.operator, subject, &member, range)),
            None => Ok(false),
        }
    }

    pub(super) fn fold(
        &mut self,
        first: &'a Code,
        rest: &'a [FoldStep],
        scope: Scopes<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut left = self.eval(first, scope)?;
        let mut links = rest.iter().peekable();
        while let Some(link) = links.next() {
            let range = link.range;
            if link.operator == Binary::Concat {
                let mut text = String::new();
                self.append(&mut text, &left, range)?;
                let right = self.eval(&link.operand, scope)?;
                self.append(&mut text, &right, range)?;
                while let Some(link) = links.next_if(|link| link.operator == Binary::Concat) {
                    let right = self.eval(&link.operand, scope)?;
                    self.append(&mut text, &right, link.range)?;
                }
                left = Operand::MadeText(text.into());
                continue;
            }
            let right = self.eval(&link.operand, scope)?;
            left = self.binary(link, &left, &right, range)?;
        }
        Ok(left)
    }

    fn binary(
        &mut self,
        link: &FoldStep,
        left: &Operand<'a>,
        right: &Operand<'a>,
        range: Range,
    ) -> Evaluated<'a> {
        let arithmetic: fn(Decimal, Decimal) -> Result<Decimal, ArithmeticError> = match link
            .operator
        {
            Binary::Plus => number::add,
            Binary::Minus => number::subtract,
            Binary::Times => number::multiply,
            Binary::Over => number::divide,
            Binary::Modulo => number::remainder,
            Binary::Power => number::power,
            Binary::BitAnd => |left, right| number::bits(left, right, |left, right| left & right),
            Binary::BitXor => |left, right| number::bits(left, right, |left, right| left ^ right),
            Binary::BitOr => |left, right| number::bits(left, right, |left, right| left | right),
            Binary::Range => return range_of(left, right, range),
            Binary::In | Binary::NotIn => {
                let found = self.member(link, left, right, range)?;
                return Ok(Operand::Bool(found == (link.operator == Binary::In)));
            }
            operator => {
                return self
                    .compare_values(operator, left, right, range)
                    .map(Operand::Bool);
            }
        };
        let (Operand::Number(left), Operand::Number(right)) = (left, right) else {
            let (word, left, right) = (link.operator.word(), left.kind(), right.kind());
            let message = format!("`{word}` takes two numbers, not {left} and {right}");
            return Err(mismatch(range, message));
        };
        arithmetic(*left, *right)
            .map(Operand::Number)
            .map_err(|reason| arithmetic_failure(reason, range))
    }

    fn append(
        &mut self,
        text: &mut String,
        part: &Operand<'a>,
        range: Range,
    ) -> Result<(), Failure> {
        self.spend_bytes(part.weight(), range)?;
        match part {
            Operand::Number(number) => text.push_str(&number.normalize().to_string()),
            other => match other.as_text() {
                Some(part) => text.push_str(part),
                None => return Err(wrong_kind(range, "`~` joins texts and numbers", part)),
            },
        }
        Ok(())
    }

    pub(super) fn number(
        &mut self,
        code: &'a Code,
        takes: &str,
        scope: Scopes<'_, 'a>,
    ) -> Result<Decimal, Failure> {
        match self.eval(code, scope)? {
            Operand::Number(number) => Ok(number),
            other => Err(wrong_kind(code.range, takes, &other)),
        }
    }
}

/// The failure for a value that is not in a list and cannot be compared with one of its members.
#[cold]
fn incomparable_member(
    operator: Binary,
    subject: &Operand<'_>,
    member: &Operand<'_>,
    range: Range,
) -> Failure {
    use Operand::{MadeText, Number, Text};
    let instead = match (subject, member) {
        (Text(_) | MadeText(_), Number(_)) => ": write the members of the list in quotes",
        (Number(_), Text(_) | MadeText(_)) => ": write the members of the list without quotes",
        _ => "",
    };
    let (word, member_is, member) = (operator.word(), member.kind(), show(member));
    let (subject_is, subject) = (subject.kind(), show(subject));
    let message = format!(
        "`{word}` cannot compare {subject_is}, {subject}, with {member_is} in the list, {member}{instead}"
    );
    mismatch(range, message)
}

fn satisfies(operator: Binary, order: Ordering) -> bool {
    match operator {
        Binary::Equal => order.is_eq(),
        Binary::Unequal => order.is_ne(),
        Binary::Less => order.is_lt(),
        Binary::Greater => order.is_gt(),
        Binary::LessOrEqual => order.is_le(),
        _ => order.is_ge(),
    }
}

fn range_of<'a>(first: &Operand<'a>, last: &Operand<'a>, range: Range) -> Evaluated<'a> {
    let end = |operand: &Operand<'a>| match operand {
        Operand::Number(number) => number::to_integer(*number),
        _ => None,
    };
    match (end(first), end(last)) {
        (Some(first), Some(last)) => Ok(Operand::Range(first, last)),
        _ => {
            let (first, last) = (show(first), show(last));
            let message = format!("`..` goes between whole numbers, not {first} and {last}");
            Err(mismatch(range, message))
        }
    }
}

#[cold]
pub(super) fn arithmetic_failure(reason: ArithmeticError, range: Range) -> Failure {
    let (code, message) = match reason {
        ArithmeticError::DivisionByZero => (ErrorCode::DivisionByZero, "division by zero"),
        ArithmeticError::Overflow => (ErrorCode::Overflow, "the result needs more than 28 digits"),
        ArithmeticError::Exponent => {
            let message = "an exponent is a whole number from -64 to 64";
            (ErrorCode::TypeMismatch, message)
        }
        ArithmeticError::NotAnInteger => {
            let message = "bits are only there in whole numbers of 64 bits";
            (ErrorCode::TypeMismatch, message)
        }
    };
    Failure::new(code, range, message)
}
