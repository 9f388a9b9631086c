//! Running compiled code over a document.
//!
//! Total and pure: every run ends with a value or a failure, and its cost is bounded by the budget. Straight-line steps are
//! paid for once, when a run begins; loops pay by the turn, and whatever looks at text pays by the byte. The common ways,
//! an attribute compared with a constant, allocate nothing.

use std::cmp::Ordering;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::ast::{Binary, Function, Quantifier};
use super::budget::{Budget, Exhausted};
use super::compile::{Among, Base, Choice, Code, Comparison, Link, Op, Path, Quantified, Step};
use super::diagnostic::Range;
use super::error::{ErrorCode, Failure};
use super::number::{self, NoNumber};
use super::operand::{Items, Operand, raw_member};
use super::suppose::Supposition;
use super::value::{Record, Value};

pub(super) type Evaluated<'a> = Result<Operand<'a>, Failure>;

/// One run of an expression.
pub(super) struct Run<'r, 'a> {
    pub(super) text: &'a str,
    pub(super) root: &'a Record<'a>,
    pub(super) budget: &'r mut Budget,
    /// What an explanation supposes to be otherwise than posted.
    pub(super) supposition: Option<&'r Supposition<'a>>,
}

/// The item variables, innermost first.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    pub(super) item: &'s Operand<'a>,
    pub(super) index: u64,
    /// The list the item is of.
    pub(super) list: &'a Code,
    pub(super) outer: Option<&'s Scope<'s, 'a>>,
}

pub(super) type Scopes<'s, 'a> = Option<&'s Scope<'s, 'a>>;

impl<'a> Run<'_, 'a> {
    /// Whether the code yields something that counts as true.
    pub(super) fn test(&mut self, code: &'a Code, scope: Scopes<'_, 'a>) -> Result<bool, Failure> {
        if let Some(forced) = self
            .supposition
            .and_then(|supposed| supposed.verdict_of(code, scope))
        {
            return Ok(forced);
        }
        match &code.op {
            Op::And(all) => {
                for operand in all {
                    if !self.test(operand, scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Op::Or(all) => {
                for operand in all {
                    if self.test(operand, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Op::Not(operand) => Ok(!self.test(operand, scope)?),
            Op::Compare(comparison) => self.compare(comparison, code.range, scope),
            Op::Among(among) => self.among(among, scope),
            Op::Matches(subject, pattern) => {
                let subject = self.eval(subject, scope)?;
                let Some(text) = subject.as_text() else {
                    return Err(mismatch(
                        code.range,
                        format!("`matches` takes a text, not {}", subject.kind()),
                    ));
                };
                self.spend_bytes(text.len(), code.range)?;
                Ok(pattern.is_match(text))
            }
            Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
                let wanted = quantified.quantifier == Quantifier::Any;
                Ok(self.first_item(quantified, wanted, scope)?.is_some() == wanted)
            }
            _ => Ok(self.eval(code, scope)?.truthy()),
        }
    }

    pub(super) fn eval(&mut self, code: &'a Code, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        match &code.op {
            Op::Path(path) => self.path(path, code.range, scope),
            Op::Number(number) => Ok(Operand::Number(*number)),
            Op::Text(text) => Ok(Operand::Text(text)),
            Op::Null => Ok(Operand::Null),
            Op::Bool(value) => Ok(Operand::Bool(*value)),
            Op::And(_)
            | Op::Or(_)
            | Op::Not(_)
            | Op::Compare(_)
            | Op::Among(_)
            | Op::Matches(..) => Ok(Operand::Bool(self.test(code, scope)?)),
            Op::Quantified(quantified) if quantified.quantifier == Quantifier::Sum => {
                self.sum(quantified, scope)
            }
            Op::Quantified(_) => Ok(Operand::Bool(self.test(code, scope)?)),
            Op::List(items) => {
                let items: Result<Rc<[_]>, _> =
                    items.iter().map(|item| self.eval(item, scope)).collect();
                items.map(Operand::Items)
            }
            Op::Map(entries) => self.map(entries, scope),
            Op::Call(function, arguments) => self.call(*function, arguments, code.range, scope),
            Op::Minus(operand) => Ok(Operand::Number(number::negate(
                self.number(operand, "-", scope)?,
            ))),
            Op::Plus(operand) => Ok(Operand::Number(self.number(operand, "+", scope)?)),
            Op::Fold(first, rest) => self.fold(first, rest, scope),
            Op::Choice(choice) => self.choose(choice, scope),
        }
    }

    fn choose(&mut self, choice: &'a Choice, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        let Choice { condition, yes, no } = choice;
        let Some(yes) = yes else {
            let value = self.eval(condition, scope)?;
            return match no {
                Some(no) if !value.truthy() => self.eval(no, scope),
                _ => Ok(value),
            };
        };
        if self.test(condition, scope)? {
            return self.eval(yes, scope);
        }
        no.as_ref()
            .map_or(Ok(Operand::Null), |no| self.eval(no, scope))
    }

    fn map(&mut self, entries: &'a [(Code, Code)], scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        let mut map: Vec<(Rc<str>, Operand<'a>)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let name = self.eval(key, scope)?;
            let name = map_key(&name).ok_or_else(|| {
                mismatch(
                    key.range,
                    format!("a key is a text or a number, not {}", name.kind()),
                )
            })?;
            let value = self.eval(value, scope)?;
            match map.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => map.push((name, value)),
            }
        }
        Ok(Operand::Map(map.into()))
    }

    // ---- paths

    fn path(&mut self, path: &'a Path, range: Range, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        if let Some(supposed) = self.supposition {
            if let Some(value) = supposed.value_of(path, scope) {
                return Ok(value);
            }
        }
        let mut steps = path.steps.iter();
        let root: &'a Record<'a> = self.root;
        let (mut operand, mut place) = match &path.base {
            Base::Slot(slot, _) => (Operand::Null, Some(root.slot(*slot))),
            Base::Item(up) => match item(scope, *up) {
                Operand::Record(record) => match known_slot(record, &mut steps) {
                    Some(value) => (Operand::Null, Some(value)),
                    None => (Operand::Record(record), None),
                },
                item => (item.clone(), None),
            },
            Base::Name(name) => {
                let raw = root.custom(name).ok_or_else(|| {
                    Failure::new(
                        ErrorCode::MissingName,
                        range,
                        format!("there is no `{name}` in this document"),
                    )
                })?;
                (self.raw(raw, range)?, None)
            }
            Base::Of(code) => (self.eval(code, scope)?, None),
        };
        // As long as known objects are left through known slots, there is nothing to build.
        while let Some(Value::Record(record)) = place {
            match known_slot(record, &mut steps) {
                Some(value) => place = Some(value),
                None => break,
            }
        }
        if let Some(value) = place {
            operand = self.operand(value, range)?;
        }
        for step in steps {
            operand = self.step(operand, step, range, scope)?;
        }
        Ok(operand)
    }

    fn operand(&mut self, value: &'a Value<'a>, range: Range) -> Evaluated<'a> {
        match value {
            Value::Raw(raw) => self.raw(raw, range),
            value => Operand::of(value).map_err(|_| unusable(range)),
        }
    }

    fn raw(&mut self, raw: &'a str, range: Range) -> Evaluated<'a> {
        Operand::of_raw(raw).map_err(|_| unusable(range))
    }

    fn step(
        &mut self,
        from: Operand<'a>,
        step: &'a Step,
        path: Range,
        scope: Scopes<'_, 'a>,
    ) -> Evaluated<'a> {
        match step {
            Step::Attribute { name, range, .. } => self.attribute(from, name, path, *range),
            Step::Index { index, range } => {
                let index = self.eval(index, scope)?;
                self.index(from, &index, path, *range)
            }
        }
    }

    fn attribute(
        &mut self,
        from: Operand<'a>,
        name: &str,
        path: Range,
        at: Range,
    ) -> Evaluated<'a> {
        let found = match &from {
            Operand::Record(record) => match record.shape().and_then(|shape| shape.slot_of(name)) {
                Some(slot) => return self.operand(record.slot(slot), at),
                None => record.custom(name),
            },
            Operand::RawRecord(raw) => {
                self.spend_bytes(raw.len(), at)?;
                raw_member(raw, name)
            }
            Operand::Map(entries) => {
                if let Some((_, value)) = entries.iter().find(|(key, _)| **key == *name) {
                    return Ok(value.clone());
                }
                None
            }
            other => return Err(self.no_members(other, &format!("attribute `{name}`"), path, at)),
        };
        match found {
            Some(raw) => self.raw(raw, at),
            None => {
                let owner = self.before(path, at);
                let message = format!("`{owner}` has no attribute `{name}` in this document");
                Err(Failure::new(
                    ErrorCode::MissingAttribute,
                    path_to(path, at),
                    message,
                ))
            }
        }
    }

    fn index(
        &mut self,
        from: Operand<'a>,
        index: &Operand<'a>,
        path: Range,
        at: Range,
    ) -> Evaluated<'a> {
        if let Operand::Map(entries) = &from {
            let key = map_key(index).ok_or_else(|| {
                mismatch(
                    at,
                    format!("a key is a text or a number, not {}", index.kind()),
                )
            })?;
            let found = entries
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, value)| value.clone());
            return found.ok_or_else(|| {
                Failure::new(
                    ErrorCode::NoSuchItem,
                    path_to(path, at),
                    format!("there is no `{key}` in the map"),
                )
            });
        }
        if matches!(from, Operand::Record(_) | Operand::RawRecord(_)) {
            let Some(name) = index.as_text() else {
                return Err(mismatch(
                    at,
                    format!("an attribute is called by a text, not {}", index.kind()),
                ));
            };
            return self.attribute(from, name, path, at);
        }
        let Some(items) = self.items(&from, at)? else {
            return Err(self.no_members(&from, "items", path, at));
        };
        let Operand::Number(position) = index else {
            return Err(mismatch(
                at,
                format!(
                    "an item of a list is called by a number, not {}",
                    index.kind()
                ),
            ));
        };
        let position =
            number::to_integer(*position).and_then(|position| u64::try_from(position).ok());
        match position.filter(|position| *position < items.len()) {
            Some(position) => items.get(position).map_err(|_| unusable(at)),
            None => {
                let (list, count) = (self.before(path, at), items.len());
                let message = format!(
                    "`{list}` has {count} items, counted from 0, and none at {}",
                    show(index)
                );
                Err(Failure::new(
                    ErrorCode::NoSuchItem,
                    path_to(path, at),
                    message,
                ))
            }
        }
    }

    #[cold]
    fn no_members(&self, of: &Operand<'_>, what: &str, path: Range, at: Range) -> Failure {
        let owner = self.before(path, at);
        match of {
            Operand::Null => {
                let message = format!("`{owner}` is null, so it has no {what}");
                Failure::new(ErrorCode::NullAccess, path_to(path, at), message)
            }
            other => mismatch(
                path_to(path, at),
                format!("`{owner}` is {} and has no {what}", other.kind()),
            ),
        }
    }

    /// The text of a path up to a step.
    fn before(&self, path: Range, step: Range) -> &'a str {
        let end = step.start.max(path.start);
        Range {
            start: path.start,
            end,
        }
        .of(self.text)
        .trim_end()
        .trim_end_matches('.')
        .trim_end()
    }

    // ---- operators

    fn compare(
        &mut self,
        comparison: &'a Comparison,
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Result<bool, Failure> {
        let left = self.eval(&comparison.left, scope)?;
        let right = self.eval(&comparison.right, scope)?;
        self.judge(comparison.operator, &left, &right, range)
    }

    fn judge(
        &mut self,
        operator: Binary,
        left: &Operand<'a>,
        right: &Operand<'a>,
        range: Range,
    ) -> Result<bool, Failure> {
        if let (Operand::Number(left), Operand::Number(right)) = (left, right) {
            return Ok(decides(operator, left.cmp(right)));
        }
        self.spend_bytes(left.weight_against(right), range)?;
        let unlike = || {
            let (word, left, right) = (operator.word(), left.kind(), right.kind());
            mismatch(
                range,
                format!("`{word}` cannot compare {left} with {right}"),
            )
        };
        match operator {
            Binary::Equal => left.equals(right).map_err(|_| unlike()),
            Binary::Unequal => left.equals(right).map(|equal| !equal).map_err(|_| unlike()),
            _ => left
                .compare(right)
                .map(|order| decides(operator, order))
                .map_err(|_| unlike()),
        }
    }

    fn among(&mut self, among: &'a Among, scope: Scopes<'_, 'a>) -> Result<bool, Failure> {
        let subject = self.eval(&among.subject, scope)?;
        let set = &among.set;
        let found = match &subject {
            Operand::Number(number) => set.numbers.binary_search(number).is_ok(),
            Operand::Null => set.null,
            Operand::Bool(value) => set.bools.contains(value),
            other => match other.as_text() {
                Some(text) => {
                    self.spend_bytes(text.len(), among.subject.range)?;
                    set.texts
                        .binary_search_by(|known| known.as_ref().cmp(text))
                        .is_ok()
                }
                None => false,
            },
        };
        Ok(found != among.negated)
    }

    fn member(
        &mut self,
        subject: &Operand<'a>,
        list: &Operand<'a>,
        range: Range,
    ) -> Result<bool, Failure> {
        let Some(items) = self.items(list, range)? else {
            return Err(mismatch(
                range,
                format!("`in` looks into a list, not {}", list.kind()),
            ));
        };
        if let Items::Range(first, last) = items {
            let Operand::Number(number) = subject else {
                return Ok(false);
            };
            let (low, high) = (first.min(last), first.max(last));
            return Ok(
                number::to_integer(*number).is_some_and(|number| low <= number && number <= high)
            );
        }
        for index in 0..items.len() {
            let item = items.get(index).map_err(|_| unusable(range))?;
            self.spend(1, range)?;
            self.spend_bytes(item.weight_against(subject), range)?;
            if subject.is_same(&item) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn fold(&mut self, first: &'a Code, rest: &'a [Link], scope: Scopes<'_, 'a>) -> Evaluated<'a> {
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
        link: &Link,
        left: &Operand<'a>,
        right: &Operand<'a>,
        range: Range,
    ) -> Evaluated<'a> {
        let arithmetic: fn(Decimal, Decimal) -> Result<Decimal, NoNumber> = match link.operator {
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
            Binary::In => return self.member(left, right, range).map(Operand::Bool),
            Binary::NotIn => {
                return self
                    .member(left, right, range)
                    .map(|found| Operand::Bool(!found));
            }
            operator => return self.judge(operator, left, right, range).map(Operand::Bool),
        };
        let (Operand::Number(left), Operand::Number(right)) = (left, right) else {
            let (word, left, right) = (link.operator.word(), left.kind(), right.kind());
            return Err(mismatch(
                range,
                format!("`{word}` takes two numbers, not {left} and {right}"),
            ));
        };
        arithmetic(*left, *right)
            .map(Operand::Number)
            .map_err(|reason| no_number(reason, range))
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
                None => {
                    return Err(mismatch(
                        range,
                        format!("`~` joins texts and numbers, not {}", part.kind()),
                    ));
                }
            },
        }
        Ok(())
    }

    fn number(
        &mut self,
        code: &'a Code,
        sign: &str,
        scope: Scopes<'_, 'a>,
    ) -> Result<Decimal, Failure> {
        match self.eval(code, scope)? {
            Operand::Number(number) => Ok(number),
            other => Err(mismatch(
                code.range,
                format!("`{sign}` takes a number, not {}", other.kind()),
            )),
        }
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &'a [Code],
        range: Range,
        scope: Scopes<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.eval(argument, scope)?);
        }
        match (function, &values[..]) {
            (Function::Decimal, [Operand::Number(number)]) => Ok(Operand::Number(*number)),
            (Function::Decimal, [value]) => {
                let number = value.as_text().map(|text| number::read(text.trim_ascii()));
                match number {
                    Some(Ok(number)) => Ok(Operand::Number(number)),
                    Some(Err(_)) => {
                        Err(mismatch(range, format!("{} is not a decimal", show(value))))
                    }
                    None => Err(mismatch(
                        range,
                        format!("`decimal` takes a text or a number, not {}", value.kind()),
                    )),
                }
            }
            (Function::Count, [list]) => match self.items(list, range)? {
                Some(items) => Ok(Operand::Number(Decimal::from(items.len()))),
                None => Err(mismatch(
                    range,
                    format!("`count` takes a list, not {}", list.kind()),
                )),
            },
            (Function::Min | Function::Max, [list]) => match self.items(list, range)? {
                Some(items) => self.extreme(function, &items, range),
                None => Err(mismatch(
                    range,
                    format!("with one argument that must be a list, not {}", list.kind()),
                )),
            },
            (Function::Min | Function::Max, _) => {
                self.extreme(function, &Items::Made(values.into()), range)
            }
            // The parser counts arguments.
            _ => Err(mismatch(
                range,
                "the number of arguments does not fit".into(),
            )),
        }
    }

    fn extreme(&mut self, function: Function, items: &Items<'a>, range: Range) -> Evaluated<'a> {
        if let Items::Range(first, last) = items {
            let end = if function == Function::Min {
                first.min(last)
            } else {
                first.max(last)
            };
            return Ok(Operand::Number(Decimal::from(*end)));
        }
        if items.len() == 0 {
            return Err(mismatch(
                range,
                "an empty list has no smallest or largest item".into(),
            ));
        }
        let mut best = items.get(0).map_err(|_| unusable(range))?;
        for index in 0..items.len() {
            let item = items.get(index).map_err(|_| unusable(range))?;
            self.spend(1, range)?;
            self.spend_bytes(item.weight_against(&best), range)?;
            let order = item.compare(&best).map_err(|_| {
                mismatch(
                    range,
                    format!("{} and {} have no order", item.kind(), best.kind()),
                )
            })?;
            let wanted = if function == Function::Min {
                Ordering::Less
            } else {
                Ordering::Greater
            };
            if order == wanted {
                best = item;
            }
        }
        Ok(best)
    }

    // ---- loops

    fn receiver(
        &mut self,
        quantified: &'a Quantified,
        scope: Scopes<'_, 'a>,
    ) -> Result<Items<'a>, Failure> {
        let list = self.eval(&quantified.receiver, scope)?;
        let range = quantified.receiver.range;
        if let Some(items) = self.items(&list, range)? {
            return Ok(items);
        }
        let name = range.of(self.text);
        match list {
            Operand::Null => Err(Failure::new(
                ErrorCode::NullAccess,
                range,
                format!("`{name}` is null, not a list"),
            )),
            other => Err(mismatch(
                range,
                format!("`{name}` is {}, not a list", other.kind()),
            )),
        }
    }

    /// The first item whose body counts as `wanted`, with its position.
    pub(super) fn first_item(
        &mut self,
        quantified: &'a Quantified,
        wanted: bool,
        scope: Scopes<'_, 'a>,
    ) -> Result<Option<(u64, Operand<'a>)>, Failure> {
        let items = self.receiver(quantified, scope)?;
        for index in 0..items.len() {
            let item = self.item(quantified, &items, index)?;
            let inner = Scope {
                item: &item,
                index,
                list: &quantified.receiver,
                outer: scope,
            };
            if self.test(&quantified.body, Some(&inner))? == wanted {
                return Ok(Some((index, item)));
            }
        }
        Ok(None)
    }

    /// All items of a loop, for explanations.
    pub(super) fn items_of(
        &mut self,
        quantified: &'a Quantified,
        scope: Scopes<'_, 'a>,
    ) -> Result<Items<'a>, Failure> {
        self.receiver(quantified, scope)
    }

    pub(super) fn item(
        &mut self,
        quantified: &'a Quantified,
        items: &Items<'a>,
        index: u64,
    ) -> Evaluated<'a> {
        self.spend(quantified.cost, quantified.body.range)?;
        items
            .get(index)
            .map_err(|_| unusable(quantified.receiver.range))
    }

    fn sum(&mut self, quantified: &'a Quantified, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        let items = self.receiver(quantified, scope)?;
        let range = quantified.body.range;
        let mut total = Decimal::ZERO;
        for index in 0..items.len() {
            let item = self.item(quantified, &items, index)?;
            let inner = Scope {
                item: &item,
                index,
                list: &quantified.receiver,
                outer: scope,
            };
            match self.eval(&quantified.body, Some(&inner))? {
                Operand::Number(number) => {
                    total =
                        number::add(total, number).map_err(|reason| no_number(reason, range))?;
                }
                other => {
                    return Err(mismatch(
                        range,
                        format!("`sum` adds numbers, not {}", other.kind()),
                    ));
                }
            }
        }
        Ok(Operand::Number(total))
    }

    fn items(&mut self, list: &Operand<'a>, range: Range) -> Result<Option<Items<'a>>, Failure> {
        if let Operand::RawList(raw) = list {
            self.spend_bytes(raw.len(), range)?;
        }
        Ok(list.items())
    }

    // ---- the budget

    pub(super) fn spend(&mut self, steps: u64, range: Range) -> Result<(), Failure> {
        self.budget
            .spend(steps)
            .map_err(|Exhausted| exhausted(range))
    }

    fn spend_bytes(&mut self, bytes: usize, range: Range) -> Result<(), Failure> {
        self.budget
            .spend_bytes(bytes)
            .map_err(|Exhausted| exhausted(range))
    }
}

/// Takes the next step when it leads to a slot known to be this record's.
#[inline]
fn known_slot<'a>(
    record: &'a Record<'a>,
    steps: &mut std::slice::Iter<'_, Step>,
) -> Option<&'a Value<'a>> {
    let Some(Step::Attribute {
        slot: Some((shape, slot)),
        ..
    }) = steps.as_slice().first()
    else {
        return None;
    };
    if !record
        .shape()
        .is_some_and(|known| std::ptr::eq(known, *shape))
    {
        return None;
    }
    steps.next();
    Some(record.slot(*slot))
}

/// The item variable so many loops outwards; the parser binds no others.
pub(super) fn item<'s, 'a>(scope: Scopes<'s, 'a>, up: usize) -> &'s Operand<'a> {
    let mut scope = scope;
    for _ in 0..up {
        scope = scope.and_then(|inner| inner.outer);
    }
    scope.map_or(&Operand::Null, |scope| scope.item)
}

fn decides(operator: Binary, order: Ordering) -> bool {
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
            let message = format!(
                "`..` goes between whole numbers, not {} and {}",
                show(first),
                show(last)
            );
            Err(mismatch(range, message))
        }
    }
}

fn map_key(key: &Operand<'_>) -> Option<Rc<str>> {
    match key {
        Operand::Number(number) => Some(number.normalize().to_string().into()),
        other => other.as_text().map(Rc::from),
    }
}

/// A value in a message: short.
pub(super) fn show(operand: &Operand<'_>) -> String {
    const LONGEST: usize = 60;
    match operand {
        Operand::Null
        | Operand::Bool(_)
        | Operand::Number(_)
        | Operand::Text(_)
        | Operand::MadeText(_) => {
            let mut shown = String::new();
            operand.write_json(&mut shown);
            match shown.char_indices().nth(LONGEST) {
                Some((cut, _)) => format!("{}…\"", &shown[..cut]),
                None => shown,
            }
        }
        other => match other.items() {
            Some(items) => format!("a list of {}", items.len()),
            None => other.kind().to_owned(),
        },
    }
}

fn path_to(path: Range, step: Range) -> Range {
    Range {
        start: path.start,
        end: step.end,
    }
}

#[cold]
fn mismatch(range: Range, message: String) -> Failure {
    Failure::new(ErrorCode::TypeMismatch, range, message)
}

#[cold]
fn unusable(range: Range) -> Failure {
    Failure::new(
        ErrorCode::UnusableValue,
        range,
        "the posted value cannot be used: its number is too long or its text broken",
    )
}

#[cold]
fn exhausted(range: Range) -> Failure {
    let message =
        "this request has spent what it may on expressions: a list, text or range is too long";
    Failure::new(ErrorCode::BudgetExceeded, range, message)
}

#[cold]
fn no_number(reason: NoNumber, range: Range) -> Failure {
    let (code, message) = match reason {
        NoNumber::DivisionByZero => (ErrorCode::DivisionByZero, "division by zero"),
        NoNumber::Overflow => (ErrorCode::Overflow, "the result needs more than 28 digits"),
        NoNumber::Exponent => (
            ErrorCode::TypeMismatch,
            "an exponent is a whole number from -64 to 64",
        ),
        NoNumber::NotAnInteger => (
            ErrorCode::TypeMismatch,
            "bits are only there in whole numbers of 64 bits",
        ),
    };
    Failure::new(code, range, message)
}
