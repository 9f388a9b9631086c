//! The names of all open objects, and which of them are repeated.
//!
//! Most objects have a dozen names, and comparing a few fingerprints is faster than a hash table. An object with many
//! names is checked once at its end, so that its cost stays linear.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

/// The maximum number of names of an object that are compared one by one.
const FEW: usize = 48;

pub struct Names<'b> {
    bytes: &'b [u8],
    /// One hash per name; equal names have equal hashes.
    fingerprints: Vec<u64>,
    places: Vec<Range<usize>>,
    /// The names that are spelled with escapes, decoded, by their index.
    unescaped: BTreeMap<usize, Vec<u8>>,
}

impl<'b> Names<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Names {
            bytes,
            fingerprints: Vec::with_capacity(48),
            places: Vec::with_capacity(48),
            unescaped: BTreeMap::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn truncate(&mut self, length: usize) {
        self.fingerprints.truncate(length);
        self.places.truncate(length);
        if !self.unescaped.is_empty() {
            self.unescaped.split_off(&length);
        }
    }

    /// The name at `index`, with its escapes decoded.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        if let Some(text) = self.unescaped.get(&index) {
            return Some(text);
        }
        self.bytes.get(self.places.get(index)?.clone())
    }

    /// The name at `index` as text for a message.
    pub fn text(&self, index: usize) -> String {
        String::from_utf8_lossy(self.get(index).unwrap_or_default()).into_owned()
    }

    /// Adds the name at `place`. Returns whether it repeats a name of the object whose names begin at `from`. Behind
    /// the first `FEW` names of an object, [`Names::repeated_unseen`] reports repetitions instead.
    pub fn push(&mut self, place: Range<usize>, has_escape: bool, from: usize) -> bool {
        let index = self.places.len();
        let fingerprint = if has_escape {
            let text = unescaped(self.bytes, &place).unwrap_or_default();
            let fingerprint = fingerprint(&text, 0..text.len());
            self.unescaped.insert(index, text);
            fingerprint
        } else {
            fingerprint(self.bytes, place.clone())
        };
        let before = self.fingerprints.get(from..).unwrap_or_default();
        let may_repeat = before.len() < FEW && before.contains(&fingerprint);
        self.fingerprints.push(fingerprint);
        self.places.push(place);
        may_repeat && (from..index).any(|other| self.get(other) == self.get(index))
    }

    /// The repeated names of an object that [`Names::push`] did not report, because the object has many names.
    pub fn repeated_unseen(&self, from: usize) -> Vec<String> {
        if self.len() - from <= FEW {
            return Vec::new();
        }
        let mut seen = HashSet::with_capacity(self.len() - from);
        (from..self.len())
            .filter(|index| !seen.insert(self.get(*index)) && *index >= from + FEW)
            .map(|index| self.text(index))
            .collect()
    }
}

fn unescaped(bytes: &[u8], place: &Range<usize>) -> Option<Vec<u8>> {
    let quoted = bytes.get(place.start.checked_sub(1)?..=place.end)?;
    let text: String = serde_json::from_slice(quoted).ok()?;
    Some(text.into_bytes())
}

/// Mixes a name's first and last eight bytes and its length.
fn fingerprint(bytes: &[u8], place: Range<usize>) -> u64 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let length = place.len();
    let head = word(bytes, place.start);
    let mixed = if length < 8 {
        head & !(u64::MAX << (length * 8))
    } else {
        head ^ word(bytes, place.end - 8).wrapping_mul(SPREAD)
    };
    mixed ^ (length as u64).wrapping_mul(SPREAD)
}

/// The eight bytes that begin at `at`; bytes behind the end are zero.
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}
