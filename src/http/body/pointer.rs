//! RFC 6901 pointers into a body.

/// One segment of an RFC 6901 pointer.
pub fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
