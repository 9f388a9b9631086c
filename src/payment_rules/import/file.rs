//! Reads a file of rules while it arrives, and reports the errors of all rules at once.

use std::{cell::RefCell, collections::HashSet};

use serde_json::Value;

use super::{
    super::{
        Draft, Kept, Rule,
        destination::Doubt,
        draft,
        rule_tests::{self, RuleTest},
    },
    split::{Element, Splitter, TextPosition, TooLong},
};
use crate::{
    audit::Actor,
    http::{
        body::{
            self, BODY_LIMIT, Fields, Findings,
            strict::{self, Root, TextOrigin},
        },
        precondition,
        problem::{FieldError, Problem},
        request_body::TESTS_LIMIT,
    },
    ids::{self, RuleId},
    payment_methods::{Method, MethodType, PaymentMethodId},
};

/// The maximum size of a rule in bytes: more than the limits of its fields add up to, so that every exported rule can
/// be imported.
const LARGEST_RULE: usize = 64 * 1024 * 1024;
/// The nesting levels of the file around a rule: the file's object and the list.
const AROUND_A_RULE: usize = 2;

/// A file of rules.
#[derive(Debug)]
pub struct File {
    /// The installation that exported the file; `None` for a file written by hand.
    pub installation: Option<String>,
    /// The newest revision of the rules at the time of the export.
    pub revision: Option<i64>,
    pub rules: Vec<FileRule>,
    /// The tests of the rules; `None` if the file has no member `tests`.
    pub tests: Option<Vec<RuleTest>>,
}

/// A rule of a file.
#[derive(Debug)]
pub struct FileRule {
    /// The rule, with a fresh id if the file has none.
    pub rule: Rule,
    /// Whether the file has its id.
    pub has_id: bool,
    /// The exported version.
    pub version: Option<i64>,
}

/// A rule of a file with postal patterns that are refused unless a stored rule has them.
#[derive(Clone, Debug)]
pub struct Doubtful {
    pub id: Option<RuleId>,
    /// The exported version, according to the file.
    pub version: Option<i64>,
    pub name: Option<String>,
    pub doubts: Vec<Doubt>,
}

/// A file that was read but not yet compared with the stored rules.
pub struct Unjudged {
    file: File,
    doubtful: Vec<Doubtful>,
    findings: Findings,
}

impl Unjudged {
    /// The installation that the file names, and its rules with patterns that are refused unless a stored rule has
    /// them.
    pub fn take_doubtful(&mut self) -> (Option<String>, Vec<Doubtful>) {
        let doubtful = std::mem::take(&mut self.doubtful);
        (self.file.installation.clone(), doubtful)
    }

    /// The file, or all its errors; `refused` are the errors of patterns that no stored rule has.
    pub fn judged(self, refused: Vec<FieldError>) -> Result<File, Problem> {
        self.findings.extend(refused);
        self.findings.into_result(Some(self.file))
    }
}

/// A file that is being read.
pub struct FileReader<'m> {
    methods: &'m [Method],
    actor: &'m Actor,
    doubtful: Vec<Doubtful>,
    splitter: Splitter,
    rules: Vec<FileRule>,
    count: usize,
    ids: HashSet<RuleId>,
    misunderstood: Vec<FieldError>,
    findings: Findings,
}

impl<'m> FileReader<'m> {
    /// Begins a file whose rules may name these methods.
    pub fn new(methods: &'m [Method], actor: &'m Actor) -> Self {
        FileReader {
            methods,
            actor,
            doubtful: Vec::new(),
            splitter: Splitter::new(LARGEST_RULE, BODY_LIMIT + TESTS_LIMIT),
            rules: Vec::new(),
            count: 0,
            ids: HashSet::new(),
            misunderstood: Vec::new(),
            findings: Findings::default(),
        }
    }

    /// Reads the next piece. Malformed JSON or a part that is too long ends the reading.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Problem> {
        let elements = self.splitter.push(chunk);
        for element in elements.map_err(|TooLong { limit }| body::too_large(limit))? {
            self.read_rule(&element)?;
        }
        Ok(())
    }

    /// Reads the rest of the file. Patterns that need a comparison with stored rules are judged later.
    pub fn finish(mut self) -> Result<Unjudged, Problem> {
        let rest = self.splitter.finish();
        // Tests stay raw JSON, because their carts are read from the JSON text.
        let read = body::text(&rest).and_then(|text| body::parse_apart(text, &["tests"]));
        let tests = read.as_ref().ok().and_then(|(_, apart)| apart.get("tests"));
        if rest.len() - tests.map_or(0, |tests| tests.get().len()) > BODY_LIMIT {
            return Err(body::too_large(BODY_LIMIT));
        }
        if !self.misunderstood.is_empty() {
            // Repeated names of the rest and of the rules are reported together.
            let of_rest = read.as_ref().err().map(Problem::errors);
            self.misunderstood
                .extend(of_rest.into_iter().flatten().cloned());
            return Err(strict::refusal(self.misunderstood));
        }
        let (mut file, mut apart) = read?;
        let tests = apart.remove("tests");
        let tests = tests.map(|tests| rule_tests::read_list(tests, &self.findings));
        file.remove("tests");
        let fields = Fields::of(&file, &self.findings);
        fields.ignore(&["exportedAt", "merchantCountry", "paymentMethods"]);
        fields.integer("version", 1..=1);
        let installation = fields.optional_text("installation", 255);
        let revision = fields.integer("revision", 0..=i64::MAX);
        if fields.required("rules").is_some() {
            fields.list("rules", usize::MAX);
        }
        fields.finish();
        let file = File {
            installation,
            revision,
            rules: self.rules,
            tests,
        };
        Ok(Unjudged {
            file,
            doubtful: self.doubtful,
            findings: self.findings,
        })
    }

    fn read_rule(&mut self, element: &Element) -> Result<(), Problem> {
        let pointer = format!("/rules/{}", self.count);
        self.count += 1;
        let TextPosition { line, column } = element.begins;
        let origin = TextOrigin {
            pointer: &pointer,
            line,
            column,
            depth: AROUND_A_RULE,
        };
        let text = strict::utf8(&element.text)?;
        let misunderstood = strict::errors(text, Root::Cart, origin);
        if !misunderstood.is_empty() {
            self.misunderstood.extend(misunderstood);
            return Ok(());
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| body::malformed(&error, line, column))?;
        let Some(fields) = body::object_at(&value, pointer, &self.findings) else {
            return Ok(());
        };
        let (id, version) = (read_id(&fields, &mut self.ids), read_version(&fields));
        let has_id = fields.value("id").is_some();
        let methods = self.methods;
        let name = fields.value("name").and_then(Value::as_str);
        let name = name.map(str::to_owned);
        let doubts = RefCell::default();
        let kept = Kept::Later(&doubts);
        let draft = Draft::read_with(fields, &|entry| resolve(entry, methods.iter()), kept);
        let doubts = doubts.into_inner();
        if !doubts.is_empty() {
            self.doubtful.push(Doubtful {
                id: id.flatten(),
                version,
                name,
                doubts,
            });
        }
        if let (Some(id), Some((draft, _))) = (id, draft) {
            let id = id.unwrap_or_else(|| ids::fresh(self.actor.at));
            self.rules.push(FileRule {
                rule: Rule::new(id, draft, self.actor.at),
                has_id,
                version,
            });
        }
        Ok(())
    }
}

/// The inner `None` is a rule without an id; the outer `None` is an error that has been noted.
fn read_id(rule: &Fields<'_>, seen: &mut HashSet<RuleId>) -> Option<Option<RuleId>> {
    let Some(value) = rule.value("id") else {
        return Some(None);
    };
    let Some(id) = value.as_str().and_then(|text| text.parse().ok()) else {
        let message = "`id` must be the id of a payment rule, or absent.";
        rule.refuse("id", "not_an_id", message);
        return None;
    };
    if !seen.insert(id) {
        rule.refuse("id", "duplicate", format!("`{id}` is listed twice."));
        return None;
    }
    Some(Some(id))
}

fn read_version(rule: &Fields<'_>) -> Option<i64> {
    let text = rule.optional_text("etag", 255)?;
    let version = precondition::read_etag(&text);
    if version.is_none() {
        let message = "`etag` must be as it was exported, such as `\"3\"`, or absent.";
        rule.refuse("etag", "not_an_etag", message);
    }
    version
}

/// The method that an entry names: by its id or, if the id is not known here, by type and name.
pub fn resolve<'m>(
    entry: &Fields<'_>,
    methods: impl Iterator<Item = &'m Method> + Clone,
) -> Option<PaymentMethodId> {
    let text = entry.optional_text("id", 255);
    let kind = entry.optional_text("type", 255);
    let name = entry.optional_text("name", 255);
    let by_id = text.as_deref().and_then(PaymentMethodId::parse);
    let kind = kind.as_deref().and_then(MethodType::parse);
    let by_name = kind.zip(name.as_deref());
    let is_named = |method: &&Method| by_name == Some((method.id.kind, method.name.as_str()));
    let found = methods.clone().find(|method| by_id == Some(method.id));
    let found = found.or_else(|| methods.clone().find(is_named));
    if found.is_none() {
        let message = match (&text, &name) {
            (_, Some(name)) => format!(
                "There is no payment method of this type named `{name}` here, and none with this id."
            ),
            (Some(text), None) => draft::no_such_method(text),
            (None, None) => "A payment method needs its `id`, or `type` and `name`.".to_owned(),
        };
        entry.refuse("id", draft::UNKNOWN_METHOD, message);
    }
    found.map(|method| method.id)
}
