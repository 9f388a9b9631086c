//! Describes documents: named shapes with typed attributes.
//!
//! The same schema is used to read a posted document into slots, to check an expression when it is saved, and to list
//! completions for an editor, so that the three cannot disagree. It is defined in the program and built once.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// The kind of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// An exact decimal, posted as a JSON number or a decimal string; at most 28 digits.
    Decimal,
    /// A decimal with at most [`MONEY_DECIMALS`] decimals.
    Money,
    /// A text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// An identifier: a number or a text, as the shop chooses.
    Scalar,
    /// An object of the named shape.
    Object(&'static str),
    /// A list of one kind.
    List(Box<Kind>),
    /// Any value; its kind is only known when an expression reads it.
    Any,
}

/// The maximum number of decimals of a posted [`Kind::Money`] attribute.
pub const MONEY_DECIMALS: u32 = 6;

impl Kind {
    /// A list of objects of the named shape.
    pub fn list_of(shape: &'static str) -> Self {
        Self::List(Box::new(Self::Object(shape)))
    }

    fn objects(&self) -> Option<&'static str> {
        match self {
            Self::Object(shape) => Some(shape),
            Self::List(items) => items.objects(),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal => out.write_str("decimal"),
            Self::Money => out.write_str("money"),
            Self::Text => out.write_str("text"),
            Self::Boolean => out.write_str("boolean"),
            Self::Scalar => out.write_str("number or text"),
            Self::Object(shape) => out.write_str(shape),
            Self::List(items) => write!(out, "list of {items}"),
            Self::Any => out.write_str("any"),
        }
    }
}

/// One attribute of a shape.
#[derive(Clone, Debug)]
pub struct Attribute {
    name: &'static str,
    /// The name in quotes, and a colon.
    opening: Box<str>,
    kind: Kind,
    summary: &'static str,
    presence: Presence,
    /// The common values, for an editor.
    values: Option<fn() -> &'static [String]>,
    /// The index in the schema of the shape of the object, or of the listed objects; set by [`Schema::new`].
    target: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Presence {
    Nullable,
    Required,
    OrEmpty,
    Given,
}

impl Attribute {
    /// An attribute that may be left out or null; it then reads as null.
    pub fn new(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self {
            name,
            opening: format!("{}:", serde_json::Value::from(name)).into(),
            kind,
            summary,
            presence: Presence::Nullable,
            values: None,
            target: usize::MAX,
        }
    }

    /// Makes the attribute required: a document without it, or with null, is rejected.
    pub fn required(self) -> Self {
        self.with_presence(Presence::Required)
    }

    /// Makes a list read as empty when it is left out or null.
    pub fn or_empty(self) -> Self {
        self.with_presence(Presence::OrEmpty)
    }

    /// Lets expressions use the attribute without a guard and without a warning. It still reads as null when it is left
    /// out, and then an expression that needs its value fails.
    pub fn expected(self) -> Self {
        self.with_presence(Presence::Given)
    }

    fn with_presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }

    /// Sets the common values, which an editor offers.
    pub fn with_values(mut self, values: fn() -> &'static [String]) -> Self {
        self.values = Some(values);
        self
    }

    /// The common values; empty if there are none.
    pub fn values(&self) -> &'static [String] {
        self.values.map_or(&[], |values| values())
    }

    /// The name in expressions and documents.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The usual start of a member with this name: the name in quotes, and a colon.
    pub(super) fn opening(&self) -> &str {
        &self.opening
    }

    /// The kind of its value.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// One sentence for a person who writes a rule.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// Whether using it without a guard is a warning.
    pub fn is_nullable(&self) -> bool {
        self.presence == Presence::Nullable
    }

    /// Whether a document must have it.
    pub fn is_required(&self) -> bool {
        self.presence == Presence::Required
    }

    pub(super) fn is_empty_when_absent(&self) -> bool {
        self.presence == Presence::OrEmpty
    }
}

/// A named kind of object.
#[derive(Debug)]
pub struct Shape {
    name: &'static str,
    summary: &'static str,
    attributes: Vec<Attribute>,
    aliases: Vec<Alias>,
    /// The slots that are required, or that read as an empty list when absent.
    never_null: Box<[usize]>,
    followers: Followers,
    /// Positions in `attributes` by the hash of the name, open addressing; a power of two at most half full.
    buckets: Box<[Option<u8>]>,
}

/// For each slot, the slot that followed it in the previous document. Concurrent documents only make guesses worse.
pub(super) struct Followers(Box<[AtomicU8]>);

impl Followers {
    fn of(slots: usize) -> Self {
        Self((0..=slots).map(|_| AtomicU8::new(0)).collect())
    }

    /// A guess of the slot that follows `before`, or comes first. It may be wrong or out of range.
    #[inline]
    pub(super) fn after(&self, before: Option<usize>) -> usize {
        let follower = self.0.get(before.map_or(0, |slot| slot + 1));
        follower.map_or(usize::MAX, |it| usize::from(it.load(Ordering::Relaxed)))
    }

    /// Stores the slot that followed `before`, for the next guess.
    pub(super) fn note(&self, before: Option<usize>, slot: usize) {
        let follower = self.0.get(before.map_or(0, |slot| slot + 1));
        if let (Some(follower), Ok(slot)) = (follower, u8::try_from(slot)) {
            follower.store(slot, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Followers {
    /// Leaves out the guesses: they are no part of a schema.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Followers")
    }
}

/// Two attributes for one fact: `own` of a shape, and `member` of its attribute `object`. The posted one fills the
/// other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alias {
    pub(super) own: usize,
    pub(super) object: usize,
    name: &'static str,
    /// The slot called `name` in the shape of the object; set by [`Schema::new`].
    pub(super) member: usize,
}

impl Shape {
    /// A shape with its attributes; slots follow this order.
    pub fn new(
        name: &'static str,
        summary: &'static str,
        attributes: impl Into<Vec<Attribute>>,
    ) -> Self {
        let attributes = attributes.into();
        let mut buckets =
            vec![None; (attributes.len() * 2).next_power_of_two().max(4)].into_boxed_slice();
        for (slot, attribute) in attributes.iter().enumerate() {
            let mut bucket = hash(attribute.name) & (buckets.len() - 1);
            while buckets[bucket].is_some() {
                bucket = (bucket + 1) & (buckets.len() - 1);
            }
            // A shape with more than 255 attributes is a programming error, which the first test that reads a document
            // finds.
            buckets[bucket] = u8::try_from(slot).ok();
        }
        let slots = attributes.iter().enumerate();
        let never_null =
            slots.filter(|(_, it)| matches!(it.presence, Presence::Required | Presence::OrEmpty));
        Self {
            name,
            summary,
            never_null: never_null.map(|(slot, _)| slot).collect(),
            followers: Followers::of(attributes.len()),
            attributes,
            aliases: Vec::new(),
            buckets,
        }
    }

    /// Declares that `own` of this object and `member` of its attribute `object` are two attributes for one fact.
    pub fn alias(mut self, own: &'static str, object: &'static str, member: &'static str) -> Self {
        if let (Some(own), Some(object)) = (self.slot_of(own), self.slot_of(object)) {
            self.aliases.push(Alias {
                own,
                object,
                name: member,
                member: usize::MAX,
            });
        }
        self
    }

    /// The name of the shape.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// One sentence for a person who writes a rule.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The known attributes in slot order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The slot of a known attribute.
    #[inline]
    pub fn slot_of(&self, name: &str) -> Option<usize> {
        let mut bucket = hash(name) & (self.buckets.len() - 1);
        while let Some(slot) = self.buckets[bucket] {
            if self.attributes[usize::from(slot)].name == name {
                return Some(usize::from(slot));
            }
            bucket = (bucket + 1) & (self.buckets.len() - 1);
        }
        None
    }

    /// A known attribute.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(self.slot_of(name)?)
    }

    pub(super) fn followers(&self) -> &Followers {
        &self.followers
    }

    pub(super) fn never_null(&self) -> &[usize] {
        &self.never_null
    }

    pub(super) fn aliases(&self) -> &[Alias] {
        &self.aliases
    }
}

/// Hashes the length and three letters, which distinguish the names of one shape. It must be fast, because every key of
/// every document is looked up.
#[inline]
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return 0;
    };
    let middle = bytes[bytes.len() / 2];
    let times = |byte: u8, factor: usize| usize::from(byte).wrapping_mul(factor);
    bytes.len().wrapping_mul(31) ^ times(*first, 7) ^ times(middle, 13) ^ times(*last, 57)
}

/// All shapes of a document, and the shape of its root.
#[derive(Debug)]
pub struct Schema {
    shapes: Vec<Shape>,
    root: usize,
}

/// The schema names a shape, or an attribute of a shape, that it does not contain.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the schema names `{0}` but does not describe it")]
pub struct Undescribed(pub &'static str);

impl Schema {
    /// Builds a schema; `root` is the shape of a whole document.
    ///
    /// # Errors
    /// When `root` or an attribute names a shape that is not among `shapes`, or an alias names an unknown attribute.
    pub fn new(root: &'static str, shapes: impl Into<Vec<Shape>>) -> Result<Self, Undescribed> {
        let mut shapes = shapes.into();
        let names: Vec<_> = shapes.iter().map(|shape| shape.name).collect();
        let position = |name| {
            let position = names.iter().position(|known| *known == name);
            position.ok_or(Undescribed(name))
        };
        for attribute in shapes.iter_mut().flat_map(|shape| &mut shape.attributes) {
            if let Some(name) = attribute.kind.objects() {
                attribute.target = position(name)?;
            }
        }
        for shape in 0..shapes.len() {
            for alias in 0..shapes[shape].aliases.len() {
                let Alias { object, name, .. } = shapes[shape].aliases[alias];
                let target = shapes.get(shapes[shape].attributes[object].target);
                let member = target
                    .and_then(|target| target.slot_of(name))
                    .ok_or(Undescribed(name))?;
                shapes[shape].aliases[alias].member = member;
            }
        }
        Ok(Self {
            root: position(root)?,
            shapes,
        })
    }

    /// The shape of a whole document.
    pub fn root(&self) -> &Shape {
        &self.shapes[self.root]
    }

    /// All shapes, in the order they were given.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The shape of the object an attribute holds, or of the objects in its list.
    pub fn shape_of(&self, attribute: &Attribute) -> Option<&Shape> {
        self.shapes.get(attribute.target)
    }

    /// A shape by name.
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.name == name)
    }
}
