# What people type often. `just` alone lists it.

default:
    @just --list

# Start the server with the default scenario.
serve *ARGS:
    cargo run --release -- serve {{ARGS}}

# Everything the project checks.
check:
    .ci/run

# One test, or the cases whose path contains a text: `just cases clockodo`.
test FILTER="":
    cargo test {{FILTER}}

cases TEXT="":
    CASES={{TEXT}} cargo test every_case

# Accept changed snapshots after reading them.
bless:
    INSTA_UPDATE=always cargo test

# The static binary of the image, and what the image must hold.
static:
    .ci/static

# The packages for Python and Node, installed in empty folders as users do.
packages:
    packages/check

# The images, run by docker or podman.
images:
    TIMETWIN_BIN="$(docker/build release | tail -n 1)" .ci/images

# The site, in target/site/html. Serve it with any server: python3 -m http.server -d target/site/html
docs:
    docs/site/build

# What is known against our crates: reads the RustSec database and writes .ci/advisories.json.
advisories:
    rm -rf target/advisory-db
    git clone --quiet --depth 1 https://github.com/rustsec/advisory-db target/advisory-db
    cargo test --test it write_advisories -- --ignored

# Feed one of the readers with inputs of any kind: `just fuzz jql -max_total_time=600`.
fuzz TARGET *ARGS:
    cargo +nightly fuzz run --sanitizer none {{TARGET}} -- {{ARGS}}

# Speed and memory of the release binary: everyday calls, worlds and durability, reports and their files.
bench:
    bench/run
    bench/control
    bench/reports
