//! Translates PCRE's syntax to the engine's.

use super::Flags;

/// The members of PCRE's `\v` and `\h`, as in a class.
const VERTICAL: &str = r"\n-\r\x{85}\x{2028}\x{2029}";
const HORIZONTAL: &str = r"\t\p{Zs}";

/// Rewrites the parts whose syntax differs.
pub(super) struct Translation<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    /// The flags at this place; flags inside the pattern change them until their group ends.
    flags: Flags,
    /// The flags around each open group.
    outer: Vec<Flags>,
    out: String,
}

impl<'p> Translation<'p> {
    /// The body of a pattern in the engine's syntax.
    pub(super) fn of(body: &'p str, flags: Flags) -> Result<String, String> {
        let mut this = Self {
            rest: body.chars().peekable(),
            flags,
            outer: Vec::new(),
            out: String::with_capacity(body.len() + 8),
        };
        while let Some(c) = this.rest.next() {
            match c {
                '\\' => this.escape(false)?,
                '[' => this.class()?,
                '(' => this.group()?,
                ')' => {
                    this.out.push(')');
                    this.flags = this.outer.pop().unwrap_or(this.flags);
                }
                // Without the flag `m`, `$` also matches before a newline at the end of the subject.
                '$' if !this.flags.lines => this.out.push_str(r"(?:\n?\z)"),
                '{' if !this.is_repetition() => this.out.push_str(r"\{"),
                '*' | '+' | '?' | '}' if this.rest.peek() == Some(&'+') && !this.out.is_empty() => {
                    return Err("a possessive repetition such as `a++` cannot be used: write `a+`, it never goes back over \
                                the text here"
                        .into());
                }
                other => this.out.push(other),
            }
        }
        Ok(this.out)
    }

    /// `{2}`, `{2,}` and `{2,5}` are repetitions; any other brace is a literal.
    fn is_repetition(&self) -> bool {
        let inner = self.rest.clone().take(12).take_while(|c| *c != '}');
        let inner: String = inner.collect();
        let (low, high) = inner.split_once(',').unwrap_or((&inner, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        !low.is_empty() && digits(low) && digits(high) && self.rest.clone().any(|c| c == '}')
    }

    fn group(&mut self) -> Result<(), String> {
        let ahead: Vec<char> = self.rest.clone().take(3).collect();
        let refused = match &ahead[..] {
            ['?', '=' | '!', ..] | ['?', '<', '=' | '!'] => {
                "a look-around such as `(?=…)` cannot be used: write a second condition with `and` or `and not`"
            }
            ['?', '>', ..] => {
                "an atomic group `(?>…)` cannot be used: write `(?:…)`, it never goes back over the text here"
            }
            ['?', '(' | 'R' | '&' | '|', ..] => {
                "conditional, recursive and branch-reset groups cannot be used: write the alternatives out"
            }
            ['*', ..] => "a verb such as `(*SKIP)` cannot be used",
            ['?', '#', ..] => {
                self.rest.by_ref().find(|c| *c == ')');
                return Ok(());
            }
            _ => {
                self.out.push('(');
                self.inner_flags();
                return Ok(());
            }
        };
        Err(refused.into())
    }

    /// Reads flags at the beginning of a group: `(?m)` is for the rest of the group around it, `(?m:…)` for its own.
    fn inner_flags(&mut self) {
        let mut flags = self.flags;
        let mut ahead = self.rest.clone();
        let mut is_on = true;
        let end = match ahead.next() {
            Some('?') => ahead.find(|c| {
                match c {
                    '-' => is_on = false,
                    'm' => flags.lines = is_on,
                    'x' => flags.spaced = is_on,
                    other => return !other.is_ascii_alphabetic(),
                }
                false
            }),
            _ => None,
        };
        // The parenthesis behind `(?m` closes no group: its flags hold from there on.
        let behind = if end == Some(')') { flags } else { self.flags };
        self.outer.push(behind);
        if end == Some(':') {
            self.flags = flags;
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let Some(c) = self.rest.next() else {
            return Err("the pattern ends with a lone backslash".into());
        };
        match c {
            '1'..='9' | 'k' | 'g' if !in_class => {
                return Err("a back-reference such as `\\1` cannot be used: compare two attributes with `=` instead".into());
            }
            'e' => self.out.push_str(r"\x1B"),
            '0' => {
                let more = std::iter::from_fn(|| self.rest.next_if(|c| c.is_digit(8))).take(2);
                let digits = more.filter_map(|c| c.to_digit(8));
                let code = digits.fold(0, |code, digit| 8 * code + digit);
                self.out.push_str(&format!(r"\x{code:02x}"));
            }
            'Z' if !in_class => self.out.push_str(r"(?:\n?\z)"),
            'v' if in_class => self.out.push_str(VERTICAL),
            'v' => self.out.push_str(&format!("[{VERTICAL}]")),
            'V' if !in_class => self.out.push_str(&format!("[^{VERTICAL}]")),
            'h' if in_class => self.out.push_str(HORIZONTAL),
            'h' => self.out.push_str(&format!("[{HORIZONTAL}]")),
            'H' if !in_class => self.out.push_str(&format!("[^{HORIZONTAL}]")),
            'R' if !in_class => self.out.push_str(&format!(r"(?:\r\n|[{VERTICAL}])")),
            'K' | 'G' | 'Q' | 'E' | 'X' | 'C' | 'N' => {
                return Err(format!("`\\{c}` cannot be used in a pattern"));
            }
            // In the engine, `\<` and `\>` are word boundaries; in PCRE they are plain characters.
            '<' | '>' => self.out.push(c),
            'p' | 'P' | 'x' if self.rest.peek() == Some(&'{') => {
                self.out.extend(['\\', c]);
                let inner = std::iter::from_fn(|| self.rest.next_if(|c| *c != '}'));
                self.out.extend(inner);
                self.out.extend(self.rest.next());
            }
            _ if c.is_alphanumeric() || c.is_ascii_punctuation() => self.out.extend(['\\', c]),
            // In PCRE any other escaped character is itself.
            ' ' => self.out.push_str(r"\x20"),
            other => self.out.push(other),
        }
        Ok(())
    }

    /// A class in brackets. Escapes characters that are plain in PCRE but begin nested classes or set operations in the
    /// engine.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        if self.rest.next_if_eq(&']').is_some() {
            self.out.push_str(r"\]");
        }
        while let Some(c) = self.rest.next() {
            match c {
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '\\' => self.escape(true)?,
                '[' if self.rest.peek() == Some(&':') => self.posix(),
                '[' | '&' | '~' => self.out.extend(['\\', c]),
                '-' if self.rest.peek() == Some(&'-') => self.out.push_str(r"\-"),
                ' ' | '#' if self.flags.spaced => {
                    self.out.push_str(if c == ' ' { r"\x20" } else { r"\#" })
                }
                other => self.out.push(other),
            }
        }
        Err("a class in the pattern has no closing `]`".into())
    }

    /// `[:alpha:]` inside a class; anything else that begins with `[:` is plain characters.
    fn posix(&mut self) {
        let name = self.rest.clone().skip(1).take(12);
        let name: String = name.take_while(|c| *c != ':').collect();
        let closed = self.rest.clone().nth(2 + name.chars().count()) == Some(']');
        let letters = name.trim_start_matches('^');
        if closed && !letters.is_empty() && letters.chars().all(|c| c.is_ascii_lowercase()) {
            self.out.push_str(&format!("[:{name}:]"));
            self.rest.nth(name.chars().count() + 2);
        } else {
            self.out.push_str(r"\[");
        }
    }
}
