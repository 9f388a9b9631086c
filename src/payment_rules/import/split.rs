//! Splits a file while it arrives into its rules, one by one, and the file without them.
//!
//! Only one rule is held as text at a time, so a file may have any number of rules. The JSON parser reports malformed
//! JSON: of a rule when the rule is read, and elsewhere in the rest of the file, in which a `0` replaces each rule.

/// A position in the file; line and column are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPosition {
    pub line: usize,
    pub column: usize,
}

impl Default for TextPosition {
    fn default() -> Self {
        TextPosition { line: 1, column: 1 }
    }
}

/// A rule of the file as text.
#[derive(Debug, PartialEq, Eq)]
pub struct Element {
    pub text: Vec<u8>,
    pub begins: TextPosition,
}

/// A part of the file has too many bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong {
    pub limit: usize,
}

/// A file that is being split.
#[derive(Default)]
pub struct Splitter {
    rest: Vec<u8>,
    rest_limit: usize,
    element: Vec<u8>,
    element_limit: usize,
    begins: TextPosition,
    at: TextPosition,
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    in_rules: bool,
    /// The latest string in the file's top-level object, with its quotes; a name or a value.
    text: Vec<u8>,
    /// The number of bytes in `rest` that replace rules.
    stands_for_rules: usize,
}

impl Splitter {
    /// A splitter with the maximum sizes, in bytes, of a rule and of the rest of the file.
    pub fn new(element_limit: usize, rest_limit: usize) -> Self {
        Splitter {
            rest_limit,
            element_limit,
            ..Splitter::default()
        }
    }

    /// Reads the next piece; returns the rules that end in it.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<Element>, TooLong> {
        let mut elements = Vec::new();
        for &byte in chunk {
            if self.in_rules {
                elements.extend(self.within_rules(byte)?);
            } else {
                self.outside(byte)?;
            }
            self.at.column += 1;
            if byte == b'\n' {
                self.at.line += 1;
                self.at.column = 1;
            }
        }
        Ok(elements)
    }

    /// The file with a `0` in the place of each rule. An incomplete rule at the end is kept as it is.
    pub fn finish(mut self) -> Vec<u8> {
        self.rest.append(&mut self.element);
        self.rest
    }

    fn outside(&mut self, byte: u8) -> Result<(), TooLong> {
        if self.rest.len() - self.stands_for_rules >= self.rest_limit {
            return Err(TooLong {
                limit: self.rest_limit,
            });
        }
        let begins_rules =
            byte == b'[' && !self.in_text && self.depth == 1 && self.is_named_rules();
        self.rest.push(byte);
        if begins_rules {
            self.in_rules = true;
            return Ok(());
        }
        let was_in_text = self.in_text;
        self.step(byte);
        if self.depth == 1 && (self.in_text || was_in_text) {
            if !was_in_text {
                self.text.clear();
            }
            self.text.push(byte);
        }
        Ok(())
    }

    /// Whether the latest string is `"rules"` and only a colon followed.
    fn is_named_rules(&self) -> bool {
        let before = self.rest.trim_ascii_end();
        let name = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        name.is_some_and(|before| before.ends_with(b"\""))
            && serde_json::from_slice::<String>(&self.text).is_ok_and(|name| name == "rules")
    }

    fn within_rules(&mut self, byte: u8) -> Result<Option<Element>, TooLong> {
        let is_between = !self.in_text && self.depth == 1;
        match byte {
            b',' | b']' if is_between => {
                let element = self.end_element();
                self.rest.push(byte);
                self.stands_for_rules += usize::from(byte == b',');
                self.in_rules = byte == b',';
                return Ok(element);
            }
            _ if self.element.is_empty() && byte.is_ascii_whitespace() => return Ok(None),
            _ => {}
        }
        if self.element.is_empty() {
            self.begins = self.at;
        }
        if self.element.len() >= self.element_limit {
            return Err(TooLong {
                limit: self.element_limit,
            });
        }
        self.element.push(byte);
        self.step(byte);
        Ok(None)
    }

    fn end_element(&mut self) -> Option<Element> {
        if self.element.is_empty() {
            return None;
        }
        self.rest.push(b'0');
        self.stands_for_rules += 1;
        Some(Element {
            text: std::mem::take(&mut self.element),
            begins: self.begins,
        })
    }

    /// Tracks strings and nesting.
    fn step(&mut self, byte: u8) {
        if self.in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                // A surplus closing bracket within the rules is left to the JSON parser.
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1).max(usize::from(self.in_rules))
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn taken_apart(file: &str, piece: usize) -> (Vec<String>, String) {
        let mut splitter = Splitter::new(1000, 1000);
        let mut elements = Vec::new();
        for chunk in file.as_bytes().chunks(piece.max(1)) {
            elements.extend(splitter.push(chunk).expect("a short file"));
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let elements = elements
            .into_iter()
            .map(|element| text(element.text).trim_end().to_owned());
        (elements.collect(), text(splitter.finish()))
    }

    #[test]
    fn rules_come_one_by_one_and_the_rest_stays() {
        for (file, rules, rest) in [
            (r#"{"rules":[]}"#, &[][..], r#"{"rules":[]}"#),
            (
                r#"{"rules":[{"a":"],["},{}],"x":1}"#,
                &[r#"{"a":"],["}"#, "{}"],
                r#"{"rules":[0,0],"x":1}"#,
            ),
            (
                r#"{ "rules" : [ {"a":[1,[2]]} , 7 ] }"#,
                &[r#"{"a":[1,[2]]}"#, "7"],
                r#"{ "rules" : [0,0] }"#,
            ),
            (r#"{"r\u0075les":[1]}"#, &["1"], r#"{"r\u0075les":[0]}"#),
            (
                r#"{"a":{"rules":[1]},"b":["rules",[2]]}"#,
                &[],
                r#"{"a":{"rules":[1]},"b":["rules",[2]]}"#,
            ),
            (r#"{"x":"rules","y":[1]}"#, &[], r#"{"x":"rules","y":[1]}"#),
            (r#"["rules",[1]]"#, &[], r#"["rules",[1]]"#),
            (
                r#"{"rules":[1],"rules":[2]}"#,
                &["1", "2"],
                r#"{"rules":[0],"rules":[0]}"#,
            ),
            (r#"{"rules":[1,]}"#, &["1"], r#"{"rules":[0,]}"#),
            (r#"{"rules":[,1]}"#, &["1"], r#"{"rules":[,0]}"#),
            (r#"{"rules":[1 2]}"#, &["1 2"], r#"{"rules":[0]}"#),
            (
                r#"{"rules":[{"a":"\"]\\"}]}"#,
                &[r#"{"a":"\"]\\"}"#],
                r#"{"rules":[0]}"#,
            ),
            (r#"{"rules":[{"a":1"#, &[], r#"{"rules":[{"a":1"#),
            (r#"{"rules":[}]}"#, &["}"], r#"{"rules":[0]}"#),
            (r#"{"rules":5}"#, &[], r#"{"rules":5}"#),
            ("", &[], ""),
        ] {
            for piece in [1, 2, 3, 7, 1000] {
                let (found, left) = taken_apart(file, piece);
                assert_eq!(
                    (found.as_slice(), left.as_str()),
                    (
                        &*rules
                            .iter()
                            .map(|rule| (*rule).to_owned())
                            .collect::<Vec<_>>(),
                        rest
                    ),
                    "{file}"
                );
            }
        }
    }

    #[test]
    fn a_rule_knows_where_it_begins() {
        let mut splitter = Splitter::new(1000, 1000);
        let elements = splitter
            .push(b"{\n \"rules\": [{},\n\n   {}]}")
            .expect("a short file");
        let places: Vec<_> = elements
            .iter()
            .map(|it| (it.begins.line, it.begins.column))
            .collect();
        assert_eq!(places, [(2, 12), (4, 4)]);
    }

    #[test]
    fn a_part_that_is_too_long_is_reported_and_the_number_of_rules_is_not_limited() {
        let long = |element: &str| {
            let mut splitter = Splitter::new(10, 40);
            splitter
                .push(element.as_bytes())
                .map(|elements| elements.len())
        };
        let many = format!("{{\"rules\":[{}]}}", vec!["{}"; 1000].join(","));
        assert_eq!(long(&many), Ok(1000));
        assert_eq!(long(r#"{"rules":["12345678"]}"#), Ok(1));
        assert_eq!(
            long(r#"{"rules":["123456789"]}"#),
            Err(TooLong { limit: 10 })
        );
        assert_eq!(long(&" ".repeat(41)), Err(TooLong { limit: 40 }));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_it_arrives(
            rules in prop::collection::vec("[a-z\"\\\\{}\\[\\], ]{0,12}", 0..6), piece in 1_usize..9)
        {
            let values: Vec<Value> = rules.iter().map(|text| serde_json::json!({ "name": text, "list": [text] })).collect();
            let file = serde_json::json!({ "a": 1, "rules": values, "z": ["rules", [1]] }).to_string();
            let (found, rest) = taken_apart(&file, piece);
            let found: Vec<Value> = found.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
            prop_assert_eq!(found, values);
            let zeros: Vec<u8> = vec![0; rules.len()];
            let expected = serde_json::json!({ "a": 1, "rules": zeros, "z": ["rules", [1]] });
            prop_assert_eq!(serde_json::from_str::<Value>(&rest).expect("JSON"), expected);
        }

        #[test]
        fn no_file_makes_it_panic(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\rules 1\n".to_vec()), 0..80)) {
            let mut splitter = Splitter::new(30, 60);
            let _ = splitter.push(&bytes);
            let _ = splitter.finish();
        }
    }
}
