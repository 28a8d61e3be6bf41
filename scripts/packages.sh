# shellcheck shell=sh
# Installing what hephy is built with, for install.sh and scripts/test, which say `die`.

libraries='libgit2 yaml-0.1 libcurl'

has() { command -v "$1" >/dev/null 2>&1; }

has_library() { has pkg-config && pkg-config --exists "$1"; }

# Installs Debian and Ubuntu packages, as root itself or by sudo.
apt_install() {
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || die "neither root nor sudo to install packages with; run as root: apt-get install $*"
        sudo=sudo
    fi
    $sudo apt-get -qq update || die "apt-get update failed"
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" ||
        die "apt-get could not install $*"
}

# The packages for which something that the build needs is missing, one a line, by their names on Debian.
missing_apt_packages() {
    has git || echo git
    has pkg-config || echo pkg-config
    has_library libgit2 || echo libgit2-dev
    has_library yaml-0.1 || echo libyaml-dev
    has_library libcurl || echo libcurl4-openssl-dev
}

# The same by their names in Homebrew; libcurl comes with macOS.
missing_brew_packages() {
    has git || echo git
    has pkg-config || echo pkgconf
    has_library libgit2 || echo libgit2
    has_library yaml-0.1 || echo libyaml
}

# Installs the libraries where there is a package manager that we know, and dies where one is missing in the end.
install_libraries() {
    case $(uname -s) in
    Darwin)
        packages=$(missing_brew_packages | tr '\n' ' ')
        [ -n "$packages" ] || return 0
        has brew || die "missing: ${packages% }; get Homebrew from https://brew.sh and run this again"
        # shellcheck disable=SC2086 # a list of words
        brew install --quiet $packages || die "brew could not install ${packages% }"
        return 0
        ;;
    esac
    if has apt-get; then
        packages=$(missing_apt_packages | tr '\n' ' ')
        # shellcheck disable=SC2086 # a list of words
        if [ -n "$packages" ]; then apt_install $packages; fi
    fi
    for program in git pkg-config; do
        has "$program" || die "$program is missing"
    done
    for library in $libraries; do
        has_library "$library" ||
            die "pkg-config finds no $library; needed are libgit2, libyaml and libcurl (OpenSSL), each with its headers"
    done
}
