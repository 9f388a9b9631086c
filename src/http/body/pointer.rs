//! RFC 6901 pointers into a body.

/// Escapes one segment of an RFC 6901 pointer.
pub fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
