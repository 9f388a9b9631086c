//! The help text of each metric in `/metrics`.

macro_rules! describe {
    ($($describe:ident { $($name:literal: $text:literal,)* })*) => {
        /// Gives every metric its help text.
        pub fn describe() {
            $($(metrics::$describe!($name, $text);)*)*
        }
    };
}

describe! {
    describe_counter {
        "onterms_http_requests_total": "Requests by method, route and status.",
        "onterms_http_responses_total": "Answers by the class of their status.",
        "onterms_rule_errors_total": "Rules whose expression failed on a cart, by rule id. A rule that could offer nothing more is not evaluated.",
        "onterms_rule_budget_spent_total": "Checkouts and payments that ended at a rule because the budget for expressions was spent, by rule id.",
        "onterms_webhooks_total": "Received webhooks, by result.",
        "onterms_webhook_attempts_total": "Attempts to apply a webhook event, by the state it is in afterwards.",
        "onterms_payment_looks_total": "Payments that were read back because their time had come, by result.",
        "onterms_reconciled_payments_total": "Payments that were compared with their provider, by result.",
        "onterms_recorded_carts_total": "Carts of checkout that were to be recorded, by outcome: recorded, dropped because the queue was full, unfit because too little of them may be kept, or failed at the database.",
        "onterms_provider_calls_total": "Calls to payment providers by how they ended.",
        "onterms_deliveries_total": "Attempts to post an event to a notification endpoint, by result: delivered, retried later, or failed for good.",
        "onterms_events_numbered_total": "Events that this replica gave their place in the feed; SQLite gives it at once and counts none.",
        "onterms_event_sequencer_takeovers_total": "Times this replica took over from another one that had stopped putting events in order.",
    }
    describe_gauge {
        "onterms_integrations": "Integrations by the health of their account.",
        "onterms_notification_endpoints": "Notification endpoints by their state.",
        "onterms_rulebook_revision": "The revision checkout answers from.",
        "onterms_rulebook_age_seconds": "Time since the rulebook was last known to be current.",
        "onterms_payments": "Payments by status.",
        "onterms_unsettled_transactions": "Transactions whose outcome is not known, by the seconds since they began; older ones count under each smaller age too.",
        "onterms_unsettled_oldest_seconds": "Time since the oldest transaction began whose outcome is not known.",
        "onterms_funding_overdue": "Payments that the provider should have funded by now.",
        "onterms_findings_open": "Findings that are not resolved, by code.",
        "onterms_providers": "Provider accounts that were called since the start, by how they answer.",
        "onterms_provider_up": "Whether a provider account answers, by integration and host; from its first outage on.",
        "onterms_webhook_backlog": "Webhook events that wait to be applied.",
        "onterms_webhook_events": "Webhook events that wait, are parked or have failed, by state.",
        "onterms_webhook_oldest_pending_seconds": "Time since the oldest webhook event arrived that waits to be applied.",
        "onterms_job_lag_seconds": "For how long the work of a background worker that should have been done first has been due.",
        "onterms_events_sequence": "The place of the last event in the feed.",
        "onterms_database_up": "Whether the database answers.",
        "onterms_database_connections": "Database connections in all.",
        "onterms_database_busy_connections": "Database connections at work.",
        "onterms_database_queued_reads": "Reads that wait for a connection.",
        "onterms_database_queued_writes": "Writes that wait for SQLite's writer.",
        "onterms_database_write_queue_limit": "Writes that may wait for SQLite's writer; 0 on PostgreSQL.",
        "onterms_metrics_refreshed_timestamp_seconds": "When the metrics that come from the database were last read, in seconds since 1970; 0 is never.",
        "onterms_build_info": "Always 1; the labels say which version runs and on which database.",
    }
    describe_histogram {
        "onterms_http_request_duration_seconds": "Time to answer, by method and route.",
    }
}
