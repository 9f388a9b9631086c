//! The frame of the sandbox's own pages, and the display of values.

use actix_web::{HttpResponse, http::StatusCode};
use chrono::{DateTime, SecondsFormat, Utc};

use super::assets;

/// A page with a title. `body` is HTML, `title` is text.
pub fn page(status: StatusCode, title: &str, body: &str) -> HttpResponse {
    let title = escape(title);
    assets::html(
        status,
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Apruve sandbox</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<link rel="stylesheet" href="/assets/pages.css">
<link rel="stylesheet" href="/assets/controls.css">
<script type="module" src="/assets/times.js"></script>
</head>
<body>
<header class="bar">
<a class="brand" href="/"><img src="/assets/favicon.svg" alt="" width="28" height="28">Apruve sandbox</a>
<nav aria-label="Pages"><a href="/buyer">Account holder</a> <a href="/shop">Shop</a></nav>
</header>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"#
        ),
    )
}

/// A moment in UTC, which the page's script replaces by the reader's local time.
pub fn time(moment: DateTime<Utc>) -> String {
    format!(
        r#"<time datetime="{}">{}</time>"#,
        moment.to_rfc3339_opts(SecondsFormat::Secs, true),
        moment.format("%-d %b %Y, %H:%M UTC")
    )
}

/// An amount of minor units with two decimals, followed by its currency.
pub fn amount(cents: i64, currency: &str) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{rest:02} {}", escape(currency))
}

/// Shops choose their names and order numbers, so they must not be interpreted as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_groups_of_three_digits() {
        for (cents, text) in [
            (0, "0.00 USD"),
            (-5, "−0.05 USD"),
            (99_999, "999.99 USD"),
            (100_000, "1,000.00 USD"),
            (123_456_789, "1,234,567.89 USD"),
        ] {
            assert_eq!(amount(cents, "USD"), text);
        }
        assert_eq!(amount(100, "<b>"), "1.00 &lt;b&gt;");
    }
}
