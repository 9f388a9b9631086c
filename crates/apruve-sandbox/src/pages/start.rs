//! `GET /`: an overview of this sandbox for browsers.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    Context,
    html::{amount, escape, page},
};
use crate::state::{account::Account, merchant::Merchant};

pub(super) async fn start(context: Context) -> HttpResponse {
    let state = context.state();
    let merchants: String = state.merchants.iter().map(merchant_row).collect();
    let accounts: String = state.accounts.iter().map(account_row).collect();
    let shop = match context.shop.get() {
        Some(_) => {
            r#"<li><a class="card" href="/shop"><strong>Shop</strong> <span>Buy on terms, invoice, ship and refund, and see each call of the API.</span></a></li>"#
        }
        None => {
            r#"<li><div class="card muted"><strong>Shop</strong> <span>Opens with <code>onterms demo</code>, which has a service to sell with.</span></div></li>"#
        }
    };
    let body = format!(
        r#"<p class="lead">A stand-in for Apruve with its REST API, webhooks and checkout script. All data is in memory.</p>
<ul class="cards">
{shop}
<li><a class="card" href="/buyer"><strong>Account holder</strong> <span>Approve or decline the orders that wait for you.</span></a></li>
<li><a class="card" href="/control/state"><strong>Control API</strong> <span>Everything that is here, as JSON; other actions and faults are under <code>/control</code>.</span></a></li>
</ul>
<section><h2 id="merchants">Shops at Apruve</h2>
<div class="wide" role="region" aria-labelledby="merchants" tabindex="0"><table>
<thead><tr><th scope="col">Name<th scope="col">Merchant id<th scope="col">Pays for</tr></thead><tbody>{merchants}</tbody></table></div></section>
<section><h2 id="accounts">Companies that buy on terms</h2>
<div class="wide" role="region" aria-labelledby="accounts" tabindex="0"><table>
<thead><tr><th scope="col">Company<th scope="col">Buyers<th scope="col" class="amount">Credit left</tr></thead><tbody>{accounts}</tbody></table></div></section>"#
    );
    page(StatusCode::OK, "What is here", &body)
}

fn merchant_row(merchant: &Merchant) -> String {
    let pays_for = if merchant.physical_goods {
        "shipped goods"
    } else {
        "issued invoices"
    };
    format!(
        "<tr><td>{}<td><code>{}</code><td>{pays_for}</tr>",
        escape(&merchant.name),
        escape(&merchant.id),
    )
}

fn account_row(account: &Account) -> String {
    let buyers: Vec<String> = account
        .buyers
        .iter()
        .map(|buyer| format!("{} &lt;{}&gt;", escape(&buyer.name), escape(&buyer.email)))
        .collect();
    format!(
        r#"<tr><td>{}<td>{}<td class="amount">{}</tr>"#,
        escape(&account.name),
        buyers.join("<br>"),
        amount(account.available_cents(), &account.currency),
    )
}
