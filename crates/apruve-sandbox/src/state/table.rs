//! Rows by id, in the order of their insertion.

use std::collections::HashMap;

use crate::error::ApiError;

/// Rows by id; rows are never removed.
pub struct Table<T> {
    rows: Vec<T>,
    indexes: HashMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            rows: Vec::new(),
            indexes: HashMap::new(),
        }
    }
}

impl<T> Table<T> {
    pub fn put(&mut self, id: &str, row: T) {
        self.indexes.insert(id.to_owned(), self.rows.len());
        self.rows.push(row);
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(*self.indexes.get(id)?)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.rows.get_mut(*self.indexes.get(id)?)
    }

    pub fn find(&self, id: &str) -> Result<&T, ApiError> {
        self.get(id).ok_or_else(ApiError::not_found)
    }

    pub fn find_mut(&mut self, id: &str) -> Result<&mut T, ApiError> {
        self.get_mut(id).ok_or_else(ApiError::not_found)
    }

    /// All rows, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.iter()
    }
}
