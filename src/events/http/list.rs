//! `GET /v1/events`.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    auth::Websites,
    clock::Clock,
    events::{
        EventFeed, TOPIC,
        cloud_event::CloudEvent,
        cursor,
        store::{self, FeedPage, FeedQuery, FeedRead},
        type_filter::types_named,
    },
    http::openapi::Expiring,
    operation::prelude::*,
};

/// The maximum number of pages that a request searches for an event that matches its filter.
const MOST_SEARCHES: u32 = 20;

/// A page of the feed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventPage {
    /// The events, in the order of `sequence`.
    items: Vec<CloudEvent>,
    /// The cursor of the next page. Send it as `after` to continue, also if `items` is empty: the events before it do
    /// not pass the filter.
    #[schema(example = "00000000000000000042")]
    next: String,
    /// Whether there was no event after `next`. While it is false, the next page can be read at once.
    caught_up: bool,
}

#[utoipa::path(
    operation_id = "list_events",
    summary = "Read the event feed",
    description = "Lists the events in an order that is the same for every reader. An event never appears before a cursor that was returned, and the events of one payment come in the order of its `version`. Store `next` after you have processed the events of a page, and send it as `after`. With `wait`, a request at the end of the feed is answered when an event happens or when the time is up. Events are kept for a limited time (`retention.events`).",
    params(
        ("after" = Option<String>, Query, min_length = 1, description = "The `next` of the previous page, or the `sequence` of the last event that was read. If left out, the page begins with the oldest event that is kept.", example = "00000000000000000041"),
        ("type" = Option<String>, Query, min_length = 1, description = "Only events of this type, or of a group such as `payment.*`. `*` means all types.", example = "payment.*"),
        ("subject" = Option<String>, Query, min_length = 1, description = "Only events about the resource with this id."),
        ("website" = Option<String>, Query, min_length = 1, description = "Only events that belong to this website."),
        ("limit" = Option<u8>, Query, description = "The maximum number of events in the page, 1 to 200. The default is 50.", minimum = 1, maximum = 200),
        ("wait" = Option<u8>, Query, description = "The maximum number of seconds to wait for an event if there is none, 0 to 25. The default is 0.", minimum = 0, maximum = 25),
    ),
    responses(
        Expiring,
        (status = 200, description = "A page.", body = EventPage),
    ),
)]
#[get("/v1/events")]
pub(super) async fn list_events(
    caller: Caller<scope::Filtered<scope::EventsRead>>,
    request: HttpRequest,
    store: Data<Store>,
    feed: Data<EventFeed>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let (mut wanted, wait) = (
        read_filter(&mut query, caller.websites()),
        read_wait(&mut query),
    );
    query.finish()?;
    let deadline = Instant::now() + wait;
    let store = store.for_lists(TOPIC);
    let (mut place, mut searches) = (None, 0);
    let page = loop {
        let page = read(&store, &wanted).await?;
        // Events that do not match need not be searched again.
        wanted.after = Some(page.next);
        searches += 1;
        if page.rows.is_empty() && !page.caught_up && searches < MOST_SEARCHES {
            continue;
        }
        if !page.rows.is_empty() || !page.caught_up || Instant::now() >= deadline {
            break page;
        }
        if place.is_none() {
            place = Some(feed.wait_here().ok_or_else(too_many)?);
        }
        match &place {
            Some(place) if place.beyond(page.next, deadline).await => {}
            _ => break page,
        }
    };
    let source = page.source.text(&store, &clock).await?;
    Ok(HttpResponse::Ok().json(EventPage {
        next: cursor::to_text(page.next),
        caught_up: page.caught_up,
        items: page
            .rows
            .into_iter()
            .map(|row| CloudEvent::of(row, &source))
            .collect(),
    }))
}

async fn read(store: &Store, wanted: &FeedQuery) -> Result<FeedPage, Problem> {
    let wanted = wanted.clone();
    let read = store
        .snapshot(move |conn| store::read_page(conn, &wanted))
        .await?;
    match read {
        FeedRead::Page(page) => Ok(page),
        FeedRead::Expired { oldest } => {
            let detail = "The events after this cursor are not kept any more, or it is not a cursor of this feed. Go on after `oldest`, and read what may have been missed from the resources themselves.";
            Err(Problem::new(Kind::CursorExpired, detail).with("oldest", cursor::to_text(oldest)))
        }
    }
}

fn too_many() -> Problem {
    let detail = "Too many readers wait for events; try again later, or without `wait`.";
    Problem::unavailable(detail, "too many readers wait for events")
}

fn read_filter(query: &mut Query, websites: &Websites) -> FeedQuery {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FeedQuery {
        after: query.parsed("after", "the `next` of a page of events", cursor::parse),
        types: query.parsed(
            "type",
            "a type in `GET /v1/event-types`, a group such as payment.*, or *",
            types_named,
        ),
        subject: query.parsed("subject", "the id of a resource", some),
        website: query.parsed("website", "the name of a website", some),
        websites: websites.clone(),
        limit: query
            .parsed("limit", "a whole number from 1 to 200", |text| {
                text.parse().ok().filter(|limit| (1..=200).contains(limit))
            })
            .unwrap_or(50),
    }
}

fn read_wait(query: &mut Query) -> Duration {
    let seconds = query.parsed("wait", "a whole number of seconds from 0 to 25", |text| {
        text.parse()
            .ok()
            .filter(|seconds| (0..=25).contains(seconds))
    });
    Duration::from_secs(seconds.unwrap_or(0))
}
