# shellcheck shell=sh
# Running the built tests, for scripts/test and scripts/test-gits, which say `say` and `die`; flags as scripts/check has.

swift=${SWIFT:-swift}

# Runs tests and puts their number into `ran`; dies when one fails or none runs, and in CI when one is skipped.
#
# run_tests ARGUMENT...: those that choose tests
run_tests() {
    log=$(mktemp)
    trap 'rm -f "$log" "$log.status"' EXIT
    # All at once the end-to-end tests would stand in each other's way until their time limits.
    {
        "$swift" test --skip-build --disable-xctest --experimental-maximum-parallelization-width 6 \
            -Xswiftc -warnings-as-errors "$@" </dev/null 2>&1 || echo $? >"$log.status"
    } | tee "$log"
    ran=$(sed -n 's/.*Test run with \([0-9][0-9]*\) tests\{0,1\} .*/\1/p' "$log" | tail -n 1)
    if [ -f "$log.status" ]; then
        die "of ${ran:-an unknown number of} tests some failed (exit status $(cat "$log.status"))"
    fi
    [ "${ran:-0}" -gt 0 ] || die "no test ran"
    # Where everything is installed, a test that was skipped is a test that is missing.
    skipped=$(grep -E '^[^ ]+ (Test|Suite) [^ ]+ skipped' "$log" | grep -v HEPHY_ACCEPTANCE || true)
    if [ -n "${CI:-}" ] && [ -n "$skipped" ]; then
        printf '%s\n' "$skipped" >&2
        die "tests were skipped"
    fi
    rm -f "$log"
}
