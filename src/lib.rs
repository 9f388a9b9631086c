//! OnTerms lets a B2B shop sell on terms: payment rules decide which cart may use which payment method, and say why.
//!
//! Data flows one way: HTTP, use case, domain, store. Modules are ordered in floors: a module uses modules on lower floors
//! only. `tests/house` checks every `crate::` path.
//!
//! 1. `cli`: the commands.
//! 2. `app`: wiring.
//! 3. `webhooks` (events that providers post), `reconciliation` (compares payments with their providers), `notifications`
//!    (posts events to endpoints), `receivables` (invoices, overdue amounts, and reports for the books), `what_if`
//!    (tries rules on recorded carts).
//! 4. `payments` (a payment and its transactions).
//! 5. `checkout` (which methods this cart may use, and why), `health`.
//! 6. `credit` (what providers lend a buyer), `recording` (checkout carts that are recorded for what-if trials).
//! 7. `findings` (differences that need a person), `integrations` (accounts with providers, and their health),
//!    `about` (the operation at the root path), `tokens` (revocation of tokens).
//! 8. `payment_rules`: when a method is offered; the compiled rulebook.
//! 9. `events` (the feed of changes for other systems; each change appends its rows).
//! 10. `cart` (the cart to be paid), `settings` (settings of the whole shop).
//! 11. `expressions` (the language of rules; knows no payments), `payment_methods` (what rules offer), `jobs`
//!     (background work), `privacy` (sealed columns, and the people named in them).
//! 12. `operation`: the request data of a handler: caller, headers, body.
//! 13. `guarded_write`: writes that tests of the rules may refuse.
//! 14. `audit`, `idempotency`.
//! 15. `providers` (clients of payment providers; Apruve's API), `auth` (authentication and authorization),
//!     `front_door` (the middleware of every request), `store` (the database).
//! 16. `outbound` (calls to others), `rate_limit`, `seal` (secrets at rest), `telemetry`.
//! 17. `config`: reading the settings.
//! 18. `http`: the shared parts of handlers: bodies, query parameters, preconditions, problem documents.
//! 19. `caseless`, `error_chain`, `clock`, `revision_watch`, `geo`, `ids`, `locale`, `money`, `pii`, `postal`, `secret`,
//!     `trace`, `string_enum`: small helpers without dependencies on the others.
//! 20. `text_column`: types that a column stores as text.

pub mod about;
pub mod app;
pub mod audit;
pub mod auth;
pub mod cart;
pub mod caseless;
pub mod checkout;
pub mod cli;
pub mod clock;
pub mod config;
pub mod credit;
pub mod error_chain;
pub mod events;
pub mod expressions;
pub mod findings;
pub mod front_door;
pub mod geo;
pub mod guarded_write;
pub mod health;
pub mod http;
pub mod idempotency;
pub mod ids;
pub mod integrations;
pub mod jobs;
pub mod locale;
pub mod money;
pub mod notifications;
pub mod operation;
pub mod outbound;
pub mod payment_methods;
pub mod payment_rules;
pub mod payments;
pub mod pii;
pub mod postal;
pub mod privacy;
pub mod providers;
pub mod rate_limit;
pub mod receivables;
pub mod reconciliation;
pub mod recording;
pub mod revision_watch;
pub mod seal;
pub mod secret;
pub mod settings;
pub mod store;
mod string_enum;
pub mod telemetry;
mod text_column;
pub mod tokens;
pub mod trace;
pub mod webhooks;
pub mod what_if;
