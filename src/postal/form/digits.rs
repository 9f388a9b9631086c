//! Codes that begin with a fixed number of digits, which are the short form. A pattern in the short form matches every
//! code that begins with it.

use super::{Keys, other, shape};
use crate::postal::{
    fold,
    pattern::{BadPattern, Pattern, PatternDraft, ReadPattern},
};

/// The form of the codes of some countries.
#[derive(Debug, PartialEq, Eq)]
pub struct Digits {
    countries: &'static [&'static str],
    /// "a US", as in "never matches a US postal code".
    whose: &'static str,
    /// The shape of the leading digits.
    short: &'static str,
    /// The shape of the full code; the same as `short` if nothing can follow the leading digits.
    full: &'static str,
    /// Valid patterns, for error messages.
    examples: &'static str,
}

/// All forms. The first one includes the territories that the US Postal Service serves.
static FORMS: &[Digits] = &[
    Digits {
        countries: &["US", "PR", "GU", "VI", "AS", "MP", "UM"],
        whose: "a US",
        short: "99999",
        full: "999999999",
        examples: "`90210`, `90210-1234`, `902*` or `90000..90999`",
    },
    Digits {
        countries: &["NL"],
        whose: "a Dutch",
        short: "9999",
        full: "9999AA",
        examples: "`1012`, `1012 AB`, `10*` or `1000..1099`",
    },
    Digits {
        countries: &["PT"],
        whose: "a Portuguese",
        short: "9999",
        full: "9999999",
        examples: "`1000`, `1000-205`, `10*` or `1000..1999`",
    },
    Digits {
        countries: &["PL"],
        whose: "a Polish",
        short: "99999",
        full: "99999",
        examples: "`56-500`, `56*` or `56-000..56-999`",
    },
    Digits {
        countries: &["BR"],
        whose: "a Brazilian",
        short: "99999999",
        full: "99999999",
        examples: "`19050-020`, `19050*` or `19000-000..19999-999`",
    },
    Digits {
        countries: &["JP"],
        whose: "a Japanese",
        short: "9999999",
        full: "9999999",
        examples: "`100-0001`, `100*` or `100-0000..108-9999`",
    },
    Digits {
        countries: &["DE"],
        whose: "a German",
        short: "99999",
        full: "99999",
        examples: "`10115`, `10*` or `10115..14199`",
    },
    Digits {
        countries: &[
            "FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT",
        ],
        whose: "a French",
        short: "99999",
        full: "99999",
        examples: "`75001`, `75*` or `75001..75020`",
    },
    Digits {
        countries: &["ES"],
        whose: "a Spanish",
        short: "99999",
        full: "99999",
        examples: "`28001`, `28*` or `28001..28055`",
    },
    Digits {
        countries: &["IT"],
        whose: "an Italian",
        short: "99999",
        full: "99999",
        examples: "`00184`, `00*` or `00118..00199`",
    },
];

/// The form of a country; `None` if its codes do not have such a form.
pub fn of(country: &str) -> Option<&'static Digits> {
    FORMS.iter().find(|form| form.countries.contains(&country))
}

impl Digits {
    /// Whether something can follow the leading digits.
    pub fn has_more(&self) -> bool {
        self.short != self.full
    }

    /// Whether a code has only the leading digits although more can follow.
    pub fn is_short_of_more(&self, code: &str) -> bool {
        self.has_more() && shape::is(code, self.short)
    }

    pub fn keys(&self, folded: String) -> Keys {
        let short = self.short.len();
        let mut keys = Keys {
            codes: vec![folded.clone()],
            ..Keys::default()
        };
        // A text that is neither short nor full is not a valid code, and is compared only as it is.
        if shape::is(&folded, self.short) || shape::is(&folded, self.full) {
            keys.points.push(other::point(&folded[..short]));
            if folded.len() > short {
                keys.codes.push(folded[..short].to_owned());
                if shape::is_digits(&folded) {
                    keys.points.push(other::point(&folded));
                }
            }
        }
        keys.text = folded;
        keys
    }

    pub fn read(&self, draft: &PatternDraft<'_>) -> ReadPattern {
        match &draft.part {
            Pattern::Code(code) => {
                if shape::is(code, self.short) || shape::is(code, self.full) {
                    return Ok(Pattern::Code(code.clone()));
                }
            }
            Pattern::Prefix(prefix) => {
                let prefix = prefix.replace(' ', "");
                if shape::begins(&prefix, self.full) {
                    return Ok(Pattern::Prefix(prefix));
                }
            }
            Pattern::Range(low, high) => {
                let range = other::digit_range(low, high)?;
                if shape::is(low, self.short) || shape::is(low, self.full) {
                    return Ok(range);
                }
            }
        }
        let instead = self.instead(draft);
        Err(BadPattern::never_like(
            draft,
            self.whose,
            instead,
            self.examples,
        ))
    }

    /// A valid pattern that may have been intended.
    fn instead(&self, draft: &PatternDraft<'_>) -> Option<String> {
        let short = self.short.len();
        match &draft.part {
            Pattern::Code(code) => {
                let is_short = |end: &str| shape::is(end, self.short);
                let range = fold::around_hyphen(draft.written)
                    .filter(|(low, high)| is_short(low) && is_short(high) && low <= high);
                match range {
                    Some((low, high)) => Some(format!("{low}..{high}")),
                    None => shape::begins(code, self.full).then(|| format!("{code}*")),
                }
            }
            Pattern::Prefix(_) => None,
            Pattern::Range(low, high) if low.len() < short => {
                Some(format!("{low:0<short$}..{high:9<short$}"))
            }
            Pattern::Range(low, high) => Some(format!("{}..{}", &low[..short], &high[..short])),
        }
    }
}
