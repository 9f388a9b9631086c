use super::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Name,
    Order,
}
impl SortFields for By {
    const FIELDS: &'static [(&'static str, By)] = &[("name", By::Name), ("sortOrder", By::Order)];

    fn is_value(self, text: &str) -> bool {
        matches!(self, By::Name) || text.parse::<i32>().is_ok()
    }

    fn is_id(_: &str) -> bool {
        true
    }
}

fn page(text: &str) -> Result<Page<By>, Problem> {
    let mut query = Query::read("/v1/things", text)?;
    let page = query.page(&[(By::Order, Direction::Ascending)]);
    query.finish().map(|()| page)
}

#[test]
fn a_sort_is_read_with_its_directions() {
    let page = page("sort=-name,sortOrder&limit=7&count=true").expect("a page");
    assert_eq!(
        page.sort,
        [
            (By::Name, Direction::Descending),
            (By::Order, Direction::Ascending)
        ]
    );
    assert_eq!((page.limit, page.count), (7, true));
}

#[test]
fn a_wrong_parameter_is_refused_by_name() {
    for (text, parameter) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("sort=nome", "sort"),
        ("sort=name,-name", "sort"),
        ("cursor=rubbish", "cursor"),
        ("count=yes", "count"),
        ("limits=3", "limits"),
        ("limit=1&limit=2", "limit"),
    ] {
        let problem = page(text).expect_err(text);
        assert_eq!(
            problem.errors()[0].parameter.as_deref(),
            Some(parameter),
            "{text}"
        );
    }
}

#[test]
fn a_cursor_of_another_order_or_of_another_list_is_refused() {
    let cursor = |list: Option<&str>| {
        let cursor = Cursor {
            sort: "name".into(),
            list: list.map(|filters| list_of("/v1/things", filters)),
            position: Position {
                values: vec!["a".into()],
                id: "x".into(),
            },
        };
        cursor.write()
    };
    // A cursor of an earlier version.
    let text = cursor(None);
    assert!(page(&format!("sort=name&cursor={text}")).is_ok());
    assert!(page(&format!("sort=-name&cursor={text}")).is_err());
    let text = cursor(Some("limit=3&sort=name&count=true"));
    assert!(page(&format!("cursor={text}&sort=name&limit=5")).is_ok());
    let text = cursor(Some("sort=name&website=us&name=x"));
    let with = |filters: &str| {
        let text = format!("{filters}&sort=name&cursor={text}");
        let mut query = Query::read("/v1/things", &text)?;
        let _ = (query.text("name"), query.text("website"));
        let page: Page<By> = query.page(&[]);
        query.finish().map(|()| page.limit)
    };
    assert!(with("name=x&website=us").is_ok());
    for other in ["name=x", "name=y&website=us", "website=us&website=x"] {
        assert!(with(other).is_err(), "{other}");
    }
}

/// Reads `text` with `read` and returns the refused parameters with their error codes.
fn refused(text: &str, read: impl FnOnce(&mut Query)) -> Vec<String> {
    let mut query = Query::read("/v1/things", text).expect("a query string");
    read(&mut query);
    let errors = query.finish().err();
    let errors = errors.iter().flat_map(|problem| problem.errors());
    errors
        .map(|error| {
            format!(
                "{} {}",
                error.parameter.as_deref().unwrap_or("?"),
                error.code
            )
        })
        .collect()
}

#[test]
fn a_former_name_is_an_alias_and_contradicts_nothing() {
    let read = |query: &mut Query| {
        query.alias("happenedFrom", "from");
        query.alias("happenedUntil", "until");
        query.period("happenedFrom", "happenedUntil");
    };
    for (text, errors) in [
        ("happenedFrom=2026-03-01T00:00:00Z", &[][..]),
        ("from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z", &[]),
        (
            "from=2026-03-01T00:00:00Z&happenedFrom=2026-03-01T00:00:00Z",
            &[],
        ),
        (
            "from=2026-03-01T00:00:00Z&happenedFrom=2026-03-02T00:00:00Z",
            &["from conflict"],
        ),
        ("from=x", &["from not_understood"]),
        ("happenedUntil=x", &["happenedUntil not_understood"]),
        (
            "from=2026-03-01T00:00:00Z&from=2026-03-01T00:00:00Z",
            &["from repeated"],
        ),
        ("until=2026-03-01T00:00:00Z&from=2026-03-01T00:00:00Z", &[]),
        (
            "until=2026-03-01T00:00:00Z&happenedFrom=2026-03-01T00:00:00.000001Z",
            &["until reversed_range"],
        ),
        (
            "until=2026-03-01T00:00:00.000001Z&from=2026-03-01T00:00:00Z",
            &[],
        ),
        ("form=2026-03-01T00:00:00Z", &["form unknown_parameter"]),
    ] {
        assert_eq!(refused(text, read), errors, "{text}");
    }
}

#[test]
fn a_range_of_amounts_has_a_currency_and_its_decimals() {
    let read = |query: &mut Query| {
        let _: Option<crate::money::Currency> = query.value("currency");
        query.amounts(["amountFrom", "amountUntil"]);
    };
    for (text, errors) in [
        ("currency=USD&amountFrom=10.50&amountUntil=10.51", &[][..]),
        ("currency=JPY&amountFrom=10.0", &[]),
        ("currency=BHD&amountUntil=0.001", &[]),
        ("amountFrom=1", &["currency required"]),
        ("currency=XXX&amountFrom=1", &["currency not_understood"]),
        ("currency=usd&amountFrom=1", &["currency not_understood"]),
        (
            "currency=USD&amountFrom=1.005",
            &["amountFrom not_an_amount"],
        ),
        (
            "currency=JPY&amountUntil=0.5",
            &["amountUntil not_an_amount"],
        ),
        (
            "currency=USD&amountFrom=99999999999999999999",
            &["amountFrom not_an_amount"],
        ),
        ("currency=USD&amountFrom=-1", &["amountFrom not_understood"]),
        (
            "currency=USD&amountFrom=1e3",
            &["amountFrom not_understood"],
        ),
        (
            "currency=USD&amountFrom=1,5",
            &["amountFrom not_understood"],
        ),
        ("currency=USD&amountFrom=.5", &["amountFrom not_understood"]),
        ("currency=USD&amountFrom=5.", &["amountFrom not_understood"]),
        (
            "currency=USD&amountFrom=1.2.3",
            &["amountFrom not_understood"],
        ),
        ("currency=USD&amountFrom=", &["amountFrom not_understood"]),
        ("currency=USD&amountFrom=2&amountUntil=2.00", &[]),
        (
            "currency=USD&amountFrom=2&amountUntil=1",
            &["amountUntil reversed_range"],
        ),
    ] {
        assert_eq!(refused(text, read), errors, "{text}");
    }
}

#[test]
fn a_repeated_parameter_takes_a_hundred_values_and_a_search_some_characters() {
    let read = |query: &mut Query| {
        let _: Vec<bool> = query.each("status");
        let _: Option<SearchText> = query.value("q");
    };
    let many = |count: usize| vec!["status=true"; count].join("&");
    let long = "x".repeat(256);
    for (text, errors) in [
        ("status=true&status=false&status=true", &[][..]),
        (&many(100), &[]),
        (&many(101), &["status too_many"]),
        (
            "status=true&status=truth&status=",
            &["status not_understood", "status not_understood"],
        ),
        ("q=100%25", &[]),
        (&format!("q={}", &long[1..]), &[]),
        (&format!("q={long}"), &["q not_understood"]),
        ("q=", &["q not_understood"]),
        ("q=%20%20", &["q not_understood"]),
        ("q=a&q=b", &["q repeated"]),
        ("q=a%00b", &["q control_character"]),
    ] {
        assert_eq!(refused(text, read), errors, "{text}");
    }
    let mut query =
        Query::read("/", "status=true&status=false&status=true&q=%20SO-1").expect("a query");
    assert_eq!(query.each::<bool>("status"), [true, false]);
    assert_eq!(query.value("q"), Some(SearchText("SO-1".to_owned())));
}

#[test]
fn a_filter_by_a_text_may_demand_one_that_is_not_empty() {
    for (text, found) in [("name=", None), ("name=%20", Some(" ")), ("", None)] {
        let mut query = Query::read("/v1/things", text).expect("a query");
        let name: Option<FilledText> = query.value("name");
        assert_eq!(name.as_ref().map(FilledText::as_str), found, "{text}");
        assert_eq!(query.finish().is_err(), text == "name=", "{text}");
    }
}
