#!/bin/sh
# Builds the release as `cargo build --release --package onterms` does, with the same arguments, and links it so that at rest it
# takes half the memory: functions that run lie side by side instead of all over 30 MB, of which the system otherwise maps
# nearly every page, and what the loader relocates is listed in a packed form.
#
# To see which functions run, it starts the service and the demonstration under valgrind (callgrind), a minute each. The
# program needs glibc 2.36. Only LLD, which Rust uses on x86-64, takes an order of functions; elsewhere the release is as it is.
set -eu

build() {
    verb=$1
    shift
    # The profiles need the names of functions; the last link takes them out.
    CARGO_PROFILE_RELEASE_STRIP=none cargo "$verb" --release --locked --package onterms --bin onterms "$@"
}

profiled() {
    file=$1
    shift
    exec valgrind --tool=callgrind --demangle=no --callgrind-out-file="$file" "$program" "$@"
}

# `fn=(1) name` or `cfn=(1) name`, where recursion adds '2 to the name.
functions() {
    sed -nE "s/^c?fn=\([0-9]+\) ([^']+).*/\1/p" "$1" | LC_ALL=C sort -u
}

program=$(realpath "${CARGO_TARGET_DIR:-target}")/release/onterms
build build "$@"
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    strip "$program"
    exit
fi

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
# Both keep their keys and databases in this empty folder.
(cd "$work" && ONTERMS__METRICS__PORT=0 profiled idle serve --port 0 2>log) &
service=$!
port=
until [ "$port" ]; do
    kill -0 "$service" || { cat "$work/log" >&2; exit 1; }
    sleep 1
    port=$(sed -nE 's/.*"listening","address":"[^"]*:([0-9]+)".*/\1/p' "$work/log")
done
# For half a minute, so that background work has been done.
for _ in 1 2 3 4 5 6; do
    sleep 5
    "$program" healthcheck --port "$port" --timeout 30s
done
kill "$service"
wait "$service"
(cd "$work" && profiled demo demo --once >demo.log)

# What runs at rest comes first.
cd "$work"
functions idle >idle.functions
functions demo >demo.functions
LC_ALL=C comm -13 idle.functions demo.functions | cat idle.functions - >order
cd "$OLDPWD"
build rustc "$@" -- \
    -C link-arg=-Wl,-z,pack-relative-relocs \
    -C link-arg=-Wl,--symbol-ordering-file="$work/order" \
    -C link-arg=-Wl,--no-warn-symbol-ordering \
    -C strip=symbols
