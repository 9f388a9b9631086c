//! The language in which an administrator says when a rule applies.
