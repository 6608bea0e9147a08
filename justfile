# Every command in one place; `just` lists them. Each is what tests/run.sh runs, in smaller pieces.

_default:
    @just --list

# a made-up county on an embedded SQLite
run:
    cargo run --release -- demo

# the trade alone: no database, no web (first run about a minute)
test-domain name="":
    cargo test -p domain {{name}}

# the API on SQLite, all of it or what a name matches
test name="":
    cargo test --test api {{name}}

# the same on a PostgreSQL that is started for it
test-postgres name="":
    #!/usr/bin/env bash
    set -euo pipefail
    source tests/postgres/pg.sh
    dir=$(mktemp -d); trap 'pg_stop "$dir"; rm -rf "$dir"' EXIT
    pg_install && pg_start "$dir"
    TEST_POSTGRES_URL=$PG_URL cargo test --test api {{name}}

# the shape of the source
test-architecture:
    cargo test --test architecture

# format and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# the contract, as the handlers say it
spec:
    cargo run -q -- openapi > openapi/openapi.json

# what each operation answers, kept as its example
examples:
    UPDATE_EXAMPLES=1 cargo test --test api examples

# everything that must hold
ci:
    bash tests/run.sh
