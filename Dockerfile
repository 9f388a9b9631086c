# Builds with TLS to PostgreSQL; everything else that is C comes bundled with its crate.
FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --features postgres-tls

FROM debian:bookworm-slim
# The roots by which Apruve's certificate is judged.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home onterms
COPY --from=build /src/target/release/onterms /usr/local/bin/
USER onterms
WORKDIR /home/onterms
EXPOSE 8080
ENTRYPOINT ["onterms"]
CMD ["serve", "--host", "0.0.0.0"]
