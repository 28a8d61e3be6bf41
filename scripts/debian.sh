# shellcheck shell=sh disable=SC2154 # `work` is the includer's
# Packages of Debian's suites, fetched with apt lists and caches of our own, so that the machine's stay as they are.
# For scripts/test-tools; `work` is a folder that it makes and removes.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

has_debian_packages() { command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; }

# The mirrors that this machine's apt has for Debian itself; one that also serves old suites can be added there.
debian_mirrors() {
    # shellcheck disable=SC2016 # apt expands them
    apt-get indextargets --format '$(SITE) $(ORIGIN) $(COMPONENT) $(CREATED_BY)' 2>/dev/null |
        awk '$2 == "Debian" && $3 == "main" && $4 == "Packages" && $1 !~ /security/ && !seen[$1]++ { print $1 }'
}

# The keys of Debian's archive; other systems have them in a package.
debian_keyring() {
    if [ ! -f "$keyring" ]; then
        (cd "$work" && apt-get -q -o APT::Sandbox::User= download debian-archive-keyring >/dev/null 2>&1 &&
            dpkg -x debian-archive-keyring_*.deb keyring) || return 1
        keyring=$work/keyring/$keyring
    fi
    [ -f "$keyring" ]
}

# apt for one suite alone, as if nothing were installed: suite_apt SUITE TOOL ARGUMENT...
suite_apt() {
    suite=$work/$1
    tool=$2
    shift 2
    "$tool" -q -o "Dir::Etc::sourcelist=$suite/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$suite/lists" -o "Dir::Cache=$suite/cache" -o Dir::State::status=/dev/null \
        -o APT::Sandbox::User= -o Debug::NoLocking=1 -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::Check-Valid-Until=false -o APT::Install-Recommends=false "$@"
}

# Reads what SUITE has: open_suite SUITE
open_suite() {
    debian_keyring || return 1
    for mirror in $(debian_mirrors); do
        rm -rf "${work:?}/$1"
        mkdir -p "$work/$1/lists/partial" "$work/$1/cache/archives/partial" "$work/$1/packages"
        printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$1" >"$work/$1/sources.list"
        if suite_apt "$1" apt-get update -o APT::Update::Error-Mode=any >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

# Downloads packages and unpacks them into one folder: unpack_packages SUITE FOLDER PACKAGE...
unpack_packages() {
    packages=$work/$1/packages
    into=$2
    suite_name=$1
    shift 2
    (cd "$packages" && suite_apt "$suite_name" apt-get download "$@" >/dev/null 2>&1) || return 1
    mkdir -p "$into"
    for package in "$packages"/*.deb; do
        dpkg -x "$package" "$into" || return 1
    done
    rm -f "$packages"/*.deb
}

# PACKAGE and all that it needs, one a line: needed_packages SUITE PACKAGE...
needed_packages() {
    suite_name=$1
    shift
    suite_apt "$suite_name" apt-get -s install "$@" 2>/dev/null | awk '$1 == "Inst" { print $2 }'
}
