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
    let mut query = Query::read(text)?;
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
fn a_cursor_of_another_order_is_refused() {
    let cursor = Cursor {
        sort: "name".into(),
        position: Position {
            values: vec!["a".into()],
            id: "x".into(),
        },
    };
    let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).expect("json"));
    assert!(page(&format!("sort=name&cursor={text}")).is_ok());
    assert!(page(&format!("sort=-name&cursor={text}")).is_err());
}
