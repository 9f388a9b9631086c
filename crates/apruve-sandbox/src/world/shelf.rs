//! Things by id, in the order in which they were made.

use std::collections::HashMap;

/// Things by id. Nothing is ever taken off.
pub struct Shelf<T> {
    things: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf {
            things: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<T> Shelf<T> {
    pub fn put(&mut self, id: &str, thing: T) {
        self.places.insert(id.to_owned(), self.things.len());
        self.things.push(thing);
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        self.things.get(*self.places.get(id)?)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.things.get_mut(*self.places.get(id)?)
    }

    /// The oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }
}
