//! Evaluates `any`, `all`, `sum` and function calls.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::operators::arithmetic_failure;
use super::{Evaluated, Run, mismatch, show, unusable, wrong_kind};
use crate::ast::Function;
use crate::compile::{Code, Quantified};
use crate::diagnostic::Range;
use crate::error::{ErrorCode, Failure};
use crate::number;
use crate::operand::{Items, Operand};
use crate::scope::{Scope, Scopes};

impl<'a> Run<'_, 'a> {
    /// All items of a loop.
    pub(crate) fn items_of(
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
            Operand::Null => {
                let message = format!("`{name}` is null, not a list");
                Err(Failure::new(ErrorCode::NullAccess, range, message))
            }
            other => {
                let message = format!("`{name}` is {}, not a list", other.kind());
                Err(mismatch(range, message))
            }
        }
    }

    /// The first item for which the body is `wanted`, with its index. An exhaustive loop also fails if a later item lacks an
    /// attribute.
    pub(crate) fn first_item(
        &mut self,
        quantified: &'a Quantified,
        wanted: bool,
        scope: Scopes<'_, 'a>,
    ) -> Result<Option<(u64, Operand<'a>)>, Failure> {
        let items = self.items_of(quantified, scope)?;
        let mut first = None;
        for index in 0..items.len() {
            let item = self.item(quantified, &items, index)?;
            let inner = Scope::new(quantified, &item, index, scope);
            match self.test(&quantified.body, Some(&inner)) {
                Ok(verdict) if verdict == wanted && first.is_none() => {
                    if !quantified.exhaustive {
                        return Ok(Some((index, item)));
                    }
                    first = Some((index, item));
                }
                Ok(_) => {}
                Err(failure) if first.is_some() && !failure.fails_whole_loop() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(first)
    }

    pub(crate) fn item(
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

    pub(super) fn sum(
        &mut self,
        quantified: &'a Quantified,
        scope: Scopes<'_, 'a>,
    ) -> Evaluated<'a> {
        let items = self.items_of(quantified, scope)?;
        let range = quantified.body.range;
        let mut total = Decimal::ZERO;
        for index in 0..items.len() {
            let item = self.item(quantified, &items, index)?;
            let inner = Scope::new(quantified, &item, index, scope);
            match self.eval(&quantified.body, Some(&inner))? {
                Operand::Number(number) => {
                    total = number::add(total, number)
                        .map_err(|reason| arithmetic_failure(reason, range))?;
                }
                other => return Err(wrong_kind(range, "`sum` adds numbers", &other)),
            }
        }
        Ok(Operand::Number(total))
    }

    pub(super) fn items(
        &mut self,
        list: &Operand<'a>,
        range: Range,
    ) -> Result<Option<Items<'a>>, Failure> {
        if let Operand::RawList(raw) = list {
            self.spend_bytes(raw.len(), range)?;
        }
        Ok(list.items())
    }

    pub(super) fn call(
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
        let wrong = |takes: &str, value: &Operand<'a>| Err(wrong_kind(range, takes, value));
        match (function, &values[..]) {
            (Function::Decimal, [Operand::Number(number)]) => Ok(Operand::Number(*number)),
            (Function::Decimal, [value]) => {
                let number = value.as_text().map(|text| number::read(text.trim_ascii()));
                match number {
                    Some(Ok(number)) => Ok(Operand::Number(number)),
                    Some(Err(_)) => {
                        Err(mismatch(range, format!("{} is not a decimal", show(value))))
                    }
                    None => wrong("`decimal` takes a text or a number", value),
                }
            }
            (Function::Count, [list]) => match self.items(list, range)? {
                Some(items) => Ok(Operand::Number(Decimal::from(items.len()))),
                None => wrong("`count` takes a list", list),
            },
            (Function::Min | Function::Max, [list]) => match self.items(list, range)? {
                Some(items) => self.extreme(function, &items, range),
                None => wrong("with one argument that must be a list", list),
            },
            (Function::Min | Function::Max, _) => {
                self.extreme(function, &Items::Made(values.into()), range)
            }
            // The parser counts arguments.
            _ => {
                let message = "the number of arguments does not fit";
                Err(mismatch(range, message.into()))
            }
        }
    }

    fn extreme(&mut self, function: Function, items: &Items<'a>, range: Range) -> Evaluated<'a> {
        let wanted = match function {
            Function::Min => Ordering::Less,
            _ => Ordering::Greater,
        };
        if let Items::Range(first, last) = items {
            let end = if last.cmp(first) == wanted {
                last
            } else {
                first
            };
            return Ok(Operand::Number(Decimal::from(*end)));
        }
        if items.len() == 0 {
            let message = "an empty list has no smallest or largest item";
            return Err(mismatch(range, message.into()));
        }
        let mut best = items.get(0).map_err(|_| unusable(range))?;
        for index in 0..items.len() {
            let item = items.get(index).map_err(|_| unusable(range))?;
            self.spend(1, range)?;
            self.spend_bytes(item.weight_against(&best), range)?;
            let order = item.compare(&best).map_err(|_| {
                let message = format!("{} and {} have no order", item.kind(), best.kind());
                mismatch(range, message)
            })?;
            if order == wanted {
                best = item;
            }
        }
        Ok(best)
    }
}
