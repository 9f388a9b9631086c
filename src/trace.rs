//! W3C trace contexts: the trace of the current work, and the header for outbound calls.
//!
//! A unit of work (a request, an event to apply, a payment to read back) runs inside [`unit`]. Calls to others take a child
//! of its context from [`current`]. A unit without a caller's context gets one of its own when it first needs it, so that
//! background work starts its own trace. A task that a unit spawns is wrapped in [`carried`]; without that it would start a
//! trace of its own. See <https://www.w3.org/TR/trace-context/>.

use std::{
    cell::Cell,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use uuid::Uuid;

/// The header that contains a context.
pub const HEADER: &str = "traceparent";

/// One span of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
    sampled: bool,
}

impl TraceContext {
    /// Parses a version 00 `traceparent`; any other text is treated as absent.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut hex = |length: usize| {
            parts.next().filter(|part| {
                let is_digit = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
                part.len() == length && part.bytes().all(is_digit)
            })
        };
        let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        let context = TraceContext {
            trace: u128::from_str_radix(trace, 16).ok()?,
            span: u64::from_str_radix(span, 16).ok()?,
            sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1,
        };
        let fits = version == "00" && parts.next().is_none();
        (fits && context.trace != 0 && context.span != 0).then_some(context)
    }

    /// The first span of a new trace.
    pub fn new_root() -> Self {
        TraceContext {
            trace: Uuid::now_v7().as_u128(),
            span: fresh_span(),
            sampled: true,
        }
    }

    /// A new span of the same trace.
    pub fn child(self) -> Self {
        TraceContext {
            span: fresh_span(),
            ..self
        }
    }

    /// The text for the `traceparent` header.
    pub fn header(self) -> String {
        let flags = u8::from(self.sampled);
        format!("00-{:032x}-{:016x}-{flags:02x}", self.trace, self.span)
    }

    /// The trace's id, for the log.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// Trace and span as numbers, for exporters.
    pub fn ids(self) -> (u128, u64) {
        (self.trace, self.span)
    }

    /// Whether the caller records this trace.
    pub fn is_sampled(self) -> bool {
        self.sampled
    }
}

/// The second half of a UUIDv7 is random but for two bits that are never both zero.
fn fresh_span() -> u64 {
    Uuid::now_v7().as_u64_pair().1
}

tokio::task_local! {
    /// The context of the current unit of work, if it has one.
    static CURRENT: Cell<Option<TraceContext>>;
}

/// Runs a unit of work with this context; without one it starts its own trace when needed.
pub async fn unit<F: Future>(context: Option<TraceContext>, work: F) -> F::Output {
    CURRENT.scope(Cell::new(context), work).await
}

/// Wraps a task that the current unit spawns, so that the task continues the unit's trace.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let is_in_unit = CURRENT.try_with(|_| ()).is_ok();
    unit(is_in_unit.then(current), work)
}

/// The context of the current unit of work. Outside of a unit, each call starts a trace.
pub fn current() -> TraceContext {
    let known = CURRENT.try_with(|current| {
        let context = current.get().unwrap_or_else(TraceContext::new_root);
        current.set(Some(context));
        context
    });
    known.unwrap_or_else(|_| TraceContext::new_root())
}

/// The data of a finished span for the exporter. It contains no path, query, body, token or person.
#[derive(Clone, Debug)]
pub struct FinishedSpan {
    pub context: TraceContext,
    /// The parent span in the same trace.
    pub parent: Option<TraceContext>,
    pub kind: SpanKind,
    pub method: String,
    /// The route of an inbound request, or the host of an outbound one.
    pub target: String,
    /// `None` without a response.
    pub status: Option<u16>,
    pub started: SystemTime,
    pub took: Duration,
}

/// The side of a call that a span describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// An inbound request.
    Server,
    /// An outbound request.
    Client,
}

type Exporter = Box<dyn Fn(FinishedSpan) + Send + Sync>;

static EXPORTER: OnceLock<Exporter> = OnceLock::new();

/// Passes further finished spans to `exporter`. Only the first call has an effect.
pub fn export_to(exporter: impl Fn(FinishedSpan) + Send + Sync + 'static) {
    // Only the first service of a process exports; tests start many.
    let _ = EXPORTER.set(Box::new(exporter));
}

/// Whether spans are exported; otherwise none are recorded.
pub fn is_exported() -> bool {
    EXPORTER.get().is_some()
}

/// Passes a finished span to the exporter.
pub fn finished(span: impl FnOnce() -> FinishedSpan) {
    if let Some(exporter) = EXPORTER.get() {
        exporter(span());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_as_it_is_written_and_nothing_else_is() {
        for text in [
            GIVEN,
            "00-00000000000000000000000000000001-0000000000000001-00",
        ] {
            let context = TraceContext::parse(text).expect(text);
            assert_eq!(context.header(), text);
        }
        for text in [
            "",
            "00",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_child_has_the_same_trace_and_another_span() {
        let parent = TraceContext::parse(GIVEN).expect("a context");
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child.ids().1, parent.ids().1);
        assert!(child.is_sampled());
    }

    #[tokio::test]
    async fn a_unit_keeps_one_trace_also_in_what_it_spawns_and_others_have_their_own() {
        let (mine, spawned) = unit(None, async {
            let task = tokio::spawn(carried(async { current() }));
            let spawned = task.await.expect("no panic");
            (current(), spawned)
        })
        .await;
        assert_eq!(mine, spawned);
        assert_ne!(unit(None, async { current() }).await, mine);
        assert_ne!(current().trace_id(), current().trace_id());
        let given = TraceContext::parse(GIVEN);
        assert_eq!(Some(unit(given, async { current() }).await), given);
    }
}
