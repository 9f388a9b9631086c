# The service with TLS to PostgreSQL; everything else that is C comes bundled with its crate.
FROM rust:1-bookworm AS build
WORKDIR /src
# The dependencies alone, in a layer that is built again only when they change.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock build.rs ./
COPY crates/apruve-sandbox/Cargo.toml crates/apruve-sandbox/
COPY crates/expressions/Cargo.toml crates/expressions/
RUN mkdir -p src migrations benches/analysis benches/checkout benches/notifications \
        benches/receivables benches/rule_tests benches/rulebook benches/webhooks \
        benches/what_if crates/apruve-sandbox/src crates/expressions/src crates/expressions/benches \
    && echo 'fn main() {}' | tee src/main.rs benches/analysis/main.rs benches/checkout/main.rs \
        benches/notifications/main.rs benches/receivables/main.rs \
        benches/rule_tests/main.rs benches/rulebook/main.rs benches/webhooks/main.rs \
        benches/what_if/main.rs \
        > crates/expressions/benches/expression.rs \
    && touch src/lib.rs crates/apruve-sandbox/src/lib.rs crates/expressions/src/lib.rs \
    && cargo build --release --locked --package onterms --features postgres-tls \
    && rm -r src migrations benches crates
COPY . .
# The empty files were newer than the sources.
RUN touch build.rs src/main.rs src/lib.rs crates/apruve-sandbox/src/lib.rs crates/expressions/src/lib.rs \
    && cargo build --release --locked --package onterms --features postgres-tls

FROM debian:bookworm-slim
# The roots by which the provider's certificate is judged.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 onterms \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/onterms --shell /usr/sbin/nologin onterms \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/onterms
COPY --from=build /src/target/release/onterms /usr/local/bin/
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
# The database of a service without PostgreSQL, in ./data.
WORKDIR /var/lib/onterms
VOLUME /var/lib/onterms
# Reachable from outside the container; that demands keys (ONTERMS__AUTH__HS256_SECRET, ONTERMS__SECRETS__MASTER_KEY). Publish
# the metrics port to Prometheus only.
ENV ONTERMS__SERVER__HOST=0.0.0.0 ONTERMS__METRICS__HOST=0.0.0.0
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["onterms", "healthcheck"]
ENTRYPOINT ["onterms"]
CMD ["serve"]
