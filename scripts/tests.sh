# shellcheck shell=sh
# What the tests need and running them, built, for scripts/test and scripts/test-gits, which say `say` and `die` and have
# scripts/packages.sh; flags as scripts/check has.

swift=${SWIFT:-swift}

# What the checks and the tests call beside what the build needs, by its package.
missing_test_packages() {
    [ -x "$(git --exec-path)/git-http-backend" ] || echo git
    has python3 || echo python3
    python3 -c 'import yaml' 2>/dev/null || echo python3-yaml
    has openssl || echo openssl
    has shellcheck || echo shellcheck
    [ -x /usr/sbin/sshd ] || has sshd || echo openssh-server
    has ssh || echo openssh-client
    # What builds images: the steps run with it.
    has docker-registry || echo docker-registry
    has busybox || echo busybox-static
    has buildah || echo buildah
    has podman || echo podman
    has skopeo || echo skopeo
    has runc || echo runc
    has git-lfs || echo git-lfs
    # What reads the man pages and the completions.
    has groff || echo groff-base
    has man || echo man-db
    has mandoc || echo mandoc
    has zsh || echo zsh
    has fish || echo fish
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

# Installs those packages and exports where the tests find programs of other people (scripts/test-tools); where one
# cannot be had, its tests are skipped, but for CI.
prepare_tests() {
    has "$swift" || die "swift is missing; get it from https://www.swift.org/install"
    install_libraries
    packages=$(missing_test_packages | tr '\n' ' ')
    if [ -n "$packages" ]; then
        has apt-get || die "missing: ${packages% } (their names on Debian); install them and run this again"
        # shellcheck disable=SC2086 # a list of words
        apt_install $packages
    fi
    python3 -c 'import yaml' || die "the python3 on PATH has no yaml module; python3 -m pip install pyyaml mends it"
    for tool in GH:--gh GITLAB:--gitlab GITEA:--gitea BUILDERS:--builders CI:--ci; do
        if path=$(./scripts/test-tools "${tool#*:}"); then
            export "HEPHY_TEST_${tool%%:*}=$path"
        elif [ -n "${CI:-}" ]; then
            die "scripts/test-tools ${tool#*:} failed"
        fi
    done
}

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
    # Where everything is installed, a test that was skipped is a test that is missing, but for what an old git has not.
    skipped=$(grep -E '^[^ ]+ (Test|Suite) [^ ]+ skipped' "$log" | grep -Ev 'HEPHY_ACCEPTANCE|needs git [0-9]' || true)
    if [ -n "${CI:-}" ] && [ -n "$skipped" ]; then
        printf '%s\n' "$skipped" >&2
        die "tests were skipped"
    fi
    rm -f "$log"
}
