//! Documents of a schema at random: most are valid, some have something odd, and some are not JSON.

use onterms_expressions::{Attribute, Kind, Schema, Shape};
use proptest::prelude::*;

/// Documents as JSON texts.
pub fn any_document(schema: &'static Schema) -> impl Strategy<Value = String> {
    let choices = prop::collection::vec(any::<u16>(), 0..400);
    choices.prop_map(move |choices| {
        let mut draw = Draw {
            schema,
            choices: choices.into_iter(),
        };
        let mut text = draw.object(schema.root(), 0);
        draw.space(&mut text);
        draw.damage(&mut text);
        text
    })
}

const NUMBERS: [&str; 9] = [
    "null",
    "0",
    "-0",
    "12.50",
    "\"12.50\"",
    "\"-0.000001\"",
    "1234567890123456789",
    "\"12345678901234567890.12345678\"",
    "1234567890123456789012345678",
];
const ODD_NUMBERS: [&str; 14] = [
    "1e5",
    "\"1e5\"",
    "\"\"",
    "\" 1\"",
    "\"\\u0031\"",
    "01",
    "-",
    "1.",
    "+1",
    "--1",
    "1.1234567",
    "12345678901234567890123456789",
    "true",
    "[1]",
];
const TEXTS: [&str; 8] = [
    "null",
    "\"\"",
    "\"USD\"",
    "\"item 8\"",
    "\"Adjustable office chair, black\"",
    "\"é€𝄞, ünï and {[:,]}\"",
    "\"a\\/b\\u00e9\\n\\\"c\\\\\"",
    "\"\\ud834\\udd1e\"",
];
const ODD_TEXTS: [&str; 8] = [
    "\"a\\u0000b\"",
    "\"\\ud800\"",
    "\"\\x\"",
    "\"tab\tinside\"",
    "\"line\nbreak of a text\"",
    "5",
    "{}",
    "\"\\",
];
const ANYTHING: [&str; 8] = [
    "null",
    "true",
    "\"x\\ty\"",
    "-1.50e-3",
    "[ ]",
    "[1, {\"a\": [\"]\", \"\\\"\"]}]",
    "{\"a\":1,\"a\":{\"b\":null}}",
    "\"\\ud800\"",
];
const NOTHING: [&str; 6] = ["nul", "[1,]", "{\"a\"}", "1e", "\"\u{1}\"", ""];

struct Draw {
    schema: &'static Schema,
    choices: std::vec::IntoIter<u16>,
}

impl Draw {
    /// One of so many; the first once all choices are made.
    fn pick(&mut self, count: usize) -> usize {
        usize::from(self.choices.next().unwrap_or_default()) % count
    }

    fn one_of(&mut self, usual: &[&str], odd: &[&str]) -> String {
        let from = if self.pick(40) == 39 { odd } else { usual };
        from[self.pick(from.len())].to_owned()
    }

    fn space(&mut self, out: &mut String) {
        out.push_str(["", "", "", " ", "\r\n\t"][self.pick(5)]);
    }

    fn object(&mut self, shape: &'static Shape, depth: usize) -> String {
        let mut out = String::from("{");
        let required = shape.attributes().iter().filter(|it| it.is_required());
        let mut members: Vec<&Attribute> = required.collect();
        if self.pick(16) == 15 {
            members.clear();
        }
        for _ in 0..self.pick(7) {
            let place = self.pick(shape.attributes().len());
            let attribute = &shape.attributes()[place];
            let is_repeated = members.iter().any(|it| it.name() == attribute.name());
            if !is_repeated || self.pick(16) == 15 {
                members.push(attribute);
            }
        }
        for (place, attribute) in members.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            self.space(&mut out);
            match self.pick(12) {
                11 => out.push_str(&attribute.name().replacen('e', "\\u0065", 1).quoted()),
                _ => out.push_str(&attribute.name().quoted()),
            }
            self.space(&mut out);
            out.push(':');
            self.space(&mut out);
            let value = self.value(attribute.kind(), self.schema.shape_of(attribute), depth);
            out.push_str(&value);
            self.space(&mut out);
            if self.pick(8) == 7 {
                let name = ["custom", "custom", "p\\u00e4r\\/t", ""][self.pick(4)];
                let value = self.one_of(&ANYTHING, &NOTHING);
                out.push_str(&format!(",{}:{value}", name.quoted()));
            }
        }
        out.push('}');
        out
    }

    fn value(
        &mut self,
        kind: &'static Kind,
        shape: Option<&'static Shape>,
        depth: usize,
    ) -> String {
        if self.pick(60) == 59 {
            let every = [&NUMBERS[..], &TEXTS, &ANYTHING, &NOTHING, &["false", "{}"]].concat();
            return self.one_of(&every, &NOTHING);
        }
        match kind {
            Kind::Decimal | Kind::Money => self.one_of(&NUMBERS, &ODD_NUMBERS),
            Kind::Text => self.one_of(&TEXTS, &ODD_TEXTS),
            Kind::Scalar if self.pick(2) == 0 => self.one_of(&NUMBERS, &ODD_NUMBERS),
            Kind::Scalar => self.one_of(&TEXTS, &ODD_TEXTS),
            Kind::Boolean => self.one_of(&["null", "true", "false"], &["tru", "\"true\"", "1"]),
            Kind::Any => self.one_of(&ANYTHING, &NOTHING),
            Kind::Object(_) => match (self.pick(6), shape) {
                (1.., Some(shape)) if depth < 40 => self.object(shape, depth + 1),
                _ => self.one_of(&["null"], &["[]", "\"x\"", "0"]),
            },
            Kind::List(items) => {
                let items: Vec<String> = (0..self.pick(4))
                    .map(|_| match (&**items, shape) {
                        (Kind::Object(_), Some(shape)) if self.pick(30) < 29 => {
                            self.object(shape, depth + 1)
                        }
                        (kind, shape) => self.value(kind, shape, depth + 1),
                    })
                    .collect();
                match (items.is_empty(), self.pick(3)) {
                    (true, 0) => self.one_of(&["null"], &["{}", "\"x\""]),
                    _ => format!("[{}]", items.join([",", " ,\n"][self.pick(2)])),
                }
            }
        }
    }

    /// Now and then a character is taken away, put in or replaced.
    fn damage(&mut self, text: &mut String) {
        if self.pick(5) != 4 {
            return;
        }
        let place = self.pick(text.len().max(1));
        let Some((at, old)) = text.char_indices().nth(place) else {
            return;
        };
        let new = ["", "\"", "{", "}", "[", ",", "\\", "0", "\0", "x", "}x"][self.pick(11)];
        let end = if self.pick(2) == 0 {
            at
        } else {
            at + old.len_utf8()
        };
        text.replace_range(at..end, new);
    }
}

trait Quoted {
    fn quoted(&self) -> String;
}

impl Quoted for str {
    fn quoted(&self) -> String {
        format!("\"{self}\"")
    }
}
