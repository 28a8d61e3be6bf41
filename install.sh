#!/bin/sh
# Builds hephy from this checkout and installs it; run it again to upgrade.
set -eu

usage() {
    cat <<'END'
usage: ./install.sh [--prefix DIR] [--uninstall]

Installs the libraries that hephy needs (apt on Debian and Ubuntu, Homebrew on macOS), builds a release and
installs `hephy` and `git-remote-hephy` into DIR/bin and what they read into DIR/share/hephy.

  --prefix DIR   where to install; default ~/.local
  --uninstall    remove what an earlier run installed below DIR
  --help         show this
END
}

say() { printf 'install.sh: %s\n' "$*"; }
die() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

programs='hephy git-remote-hephy'
libraries='libgit2 yaml-0.1 libcurl'
prefix=
uninstall=false
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        prefix=${2:-}
        [ -n "$prefix" ] || die "--prefix wants a directory"
        shift
        ;;
    --prefix=?*) prefix=${1#--prefix=} ;;
    --uninstall) uninstall=true ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) die "unknown argument '$1'; see ./install.sh --help" ;;
    esac
    shift
done
if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || die "HOME is not set; name a directory with --prefix"
    prefix=$HOME/.local
fi
case $prefix in
/*) ;;
*) prefix=$(pwd)/$prefix ;;
esac

if $uninstall; then
    for program in $programs; do rm -f "$prefix/bin/$program"; done
    rm -rf "$prefix/share/hephy"
    say "removed hephy from $prefix"
    exit 0
fi

source=$(cd "$(dirname "$0")" && pwd)
cd "$source"
[ -f Package.swift ] || die "no Package.swift in $source; run this from a checkout of hephy"

# Runs a command as root: itself, or by sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "not root and there is no sudo; run as root: $*"
    fi
}

has_library() { command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1"; }

missing_libraries() {
    for library in $libraries; do
        has_library "$library" || printf '%s ' "$library"
    done
}

install_with_apt() {
    packages=
    command -v git >/dev/null 2>&1 || packages="$packages git"
    command -v pkg-config >/dev/null 2>&1 || packages="$packages pkg-config"
    has_library libgit2 || packages="$packages libgit2-dev"
    has_library yaml-0.1 || packages="$packages libyaml-dev"
    has_library libcurl || packages="$packages libcurl4-openssl-dev"
    [ -n "$packages" ] || return 0
    say "installing with apt:$packages"
    as_root apt-get -qq update || die "apt-get update failed"
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages ||
        die "apt-get could not install$packages"
}

# libcurl comes with macOS.
install_with_brew() {
    packages=
    command -v git >/dev/null 2>&1 || packages="$packages git"
    command -v pkg-config >/dev/null 2>&1 || packages="$packages pkgconf"
    has_library libgit2 || packages="$packages libgit2"
    has_library yaml-0.1 || packages="$packages libyaml"
    [ -n "$packages" ] || return 0
    command -v brew >/dev/null 2>&1 || die "missing:$packages; get Homebrew from https://brew.sh and run this again"
    say "installing with Homebrew:$packages"
    # shellcheck disable=SC2086 # a list of words
    brew install --quiet $packages || die "brew could not install$packages"
}

check_libraries() {
    command -v git >/dev/null 2>&1 || die "git is missing"
    command -v pkg-config >/dev/null 2>&1 || die "pkg-config is missing; it finds libgit2, libyaml and libcurl"
    missing=$(missing_libraries)
    [ -z "$missing" ] || die "missing libraries (with their headers): $missing- libgit2, libyaml and libcurl are needed"
}

check_swift() {
    wanted='Swift 6.2 or newer is needed; get it from https://www.swift.org/install and run this again'
    command -v swift >/dev/null 2>&1 || die "swift is missing. $wanted"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || die "'swift --version' gave no version. $wanted"
    major=${version%%.*}
    minor=${version#*.}
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        die "this is Swift $version. $wanted"
    fi
}

system=$(uname -s)
case $system in
Darwin) install_with_brew ;;
Linux)
    if command -v apt-get >/dev/null 2>&1; then install_with_apt; fi
    check_libraries
    ;;
*) check_libraries ;;
esac
check_swift

# The runtime is linked in: the helper starts in half the time, and runs where there is no Swift.
flags='-c release'
[ "$system" = Darwin ] || flags="$flags --static-swift-stdlib"
say "building a release; the first time takes some minutes"
for program in $programs; do
    # shellcheck disable=SC2086 # a list of words
    swift build $flags --product "$program" </dev/null || die "the build failed"
done
# shellcheck disable=SC2086 # a list of words
built=$(swift build $flags --show-bin-path) || die "the build left no programs"

# A new file comes under a passing name first, so that a helper that runs right now keeps the old one.
mkdir -p "$prefix/bin" "$prefix/share" || die "cannot write below $prefix"
passing=new.$$
trap 'rm -rf "$prefix/bin/.hephy.$passing" "$prefix/share/.hephy.$passing" "$prefix/share/.hephy.old.$$"' EXIT
trap 'exit 1' HUP INT TERM
for program in $programs; do
    cp "$built/$program" "$prefix/bin/.hephy.$passing" || die "cannot write below $prefix/bin"
    chmod 755 "$prefix/bin/.hephy.$passing"
    mv -f "$prefix/bin/.hephy.$passing" "$prefix/bin/$program" || die "cannot write $prefix/bin/$program"
done
if [ -d share ]; then
    cp -R share "$prefix/share/.hephy.$passing" || die "cannot write below $prefix/share"
    chmod -R u+w,go+rX "$prefix/share/.hephy.$passing"
    if [ -e "$prefix/share/hephy" ]; then mv "$prefix/share/hephy" "$prefix/share/.hephy.old.$$"; fi
    mv "$prefix/share/.hephy.$passing" "$prefix/share/hephy" || die "cannot write $prefix/share/hephy"
fi

answer=$(printf 'capabilities\n\n' | "$prefix/bin/git-remote-hephy" origin https://example.invalid/o/r) ||
    die "the installed helper $prefix/bin/git-remote-hephy does not run"
printf '%s\n' "$answer" | grep -qx push || die "the installed helper does not offer to push"
version=$("$prefix/bin/hephy" --version) || die "the installed $prefix/bin/hephy does not run"
say "installed hephy ${version#hephy } into $prefix/bin"

case :$PATH: in
*":$prefix/bin:"*) ;;
*)
    case ${SHELL:-} in
    */zsh) profile=~/.zshrc ;;
    */bash) profile=~/.bashrc ;;
    *) profile=~/.profile ;;
    esac
    say "git does not find it yet: $prefix/bin is not on PATH; add this line to $profile:"
    # shellcheck disable=SC2016 # the person's shell expands it
    printf '    export PATH="%s:$PATH"\n' "$prefix/bin"
    ;;
esac
