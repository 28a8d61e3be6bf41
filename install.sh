#!/bin/sh
# Builds hephy from this checkout and installs it; run it again to upgrade.
set -eu

usage() {
    cat <<'END'
usage: ./install.sh [--prefix DIR] [--demo | --uninstall]

Installs the libraries that hephy needs (apt on Debian and Ubuntu, Homebrew on macOS), builds a release and
installs `hephy` (also as `git hephy`) and `git-remote-hephy` into DIR/bin, what they read into DIR/share/hephy, and
man pages and completions for bash, zsh and fish where these look for them below DIR/share.

  --prefix DIR   where to install; default ~/.local
  --demo         then make a small sample app in a new folder, ~/hephy-demo, push it and show the image that the push
                 has built; installs buildah where nothing builds images yet
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
prefix=
uninstall=false
demo=false
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        prefix=${2:-}
        [ -n "$prefix" ] || die "--prefix wants a directory"
        shift
        ;;
    --prefix=?*) prefix=${1#--prefix=} ;;
    --uninstall) uninstall=true ;;
    --demo) demo=true ;;
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

# Man pages and completions, those of commands that were once there included, and the folders that are empty then.
remove_companions() {
    rm -f "$prefix"/share/man/man1/hephy.1 "$prefix"/share/man/man1/hephy-*.1 "$prefix"/share/man/man1/git-hephy.1 \
        "$prefix"/share/man/man1/git-remote-hephy.1 "$prefix"/share/zsh/site-functions/_hephy \
        "$prefix"/share/bash-completion/completions/hephy "$prefix"/share/bash-completion/completions/git-hephy \
        "$prefix"/share/fish/vendor_completions.d/hephy.fish
    for folder in man/man1 man zsh/site-functions zsh bash-completion/completions bash-completion \
        fish/vendor_completions.d fish; do
        rmdir "$prefix/share/$folder" 2>/dev/null || true
    done
}

source=$(cd "$(dirname "$0")" && pwd)
if $uninstall; then
    if $demo; then die "--demo and --uninstall exclude each other"; fi
    for program in $programs git-hephy; do rm -f "$prefix/bin/$program"; done
    # In ~/.local/share/hephy repositories and runs of this machine lie beside what was installed: they stay.
    for part in "$source"/share/*; do rm -rf "$prefix/share/hephy/${part##*/}"; done
    rmdir "$prefix/share/hephy" 2>/dev/null || true
    remove_companions
    say "removed hephy from $prefix"
    if [ -e "$prefix/share/hephy" ]; then say "$prefix/share/hephy stays: it holds what was not installed"; fi
    exit 0
fi

cd "$source"
[ -f Package.swift ] || die "no Package.swift in $source; run this from a checkout of hephy"

# shellcheck source=scripts/packages.sh
. ./scripts/packages.sh

check_swift() {
    wanted='Swift 6.2 or newer is needed; get it from https://www.swift.org/install and run this again'
    has swift || die "swift is missing. $wanted"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || die "'swift --version' gave no version. $wanted"
    major=${version%%.*}
    minor=${version#*.}
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        die "this is Swift $version. $wanted"
    fi
}

check_swift
install_libraries
# What asks for a password comes before the minutes of building.
if $demo; then ./scripts/demo --prepare; fi

say "building a release; the first time takes some minutes"
built=$(./scripts/release-build) || die "the build failed"

# A new file comes under a passing name first, so that a helper that runs right now keeps the old one.
mkdir -p "$prefix/bin" "$prefix/share/hephy" || die "cannot write below $prefix"
passing=new.$$
trap 'rm -rf "$prefix/bin/.hephy.$passing" "$prefix/bin/.git-hephy.$passing" "$prefix/share/hephy/.$passing" "$prefix/share/hephy/.old.$$"' EXIT
trap 'exit 1' HUP INT TERM
for program in $programs; do
    cp "$built/$program" "$prefix/bin/.hephy.$passing" || die "cannot write below $prefix/bin"
    chmod 755 "$prefix/bin/.hephy.$passing"
    mv -f "$prefix/bin/.hephy.$passing" "$prefix/bin/$program" || die "cannot write $prefix/bin/$program"
done
# `git hephy` is the same program.
ln -sf hephy "$prefix/bin/.git-hephy.$passing" || die "cannot write below $prefix/bin"
mv -f "$prefix/bin/.git-hephy.$passing" "$prefix/bin/git-hephy" || die "cannot write $prefix/bin/git-hephy"
# Each part for itself: what else lies in ~/.local/share/hephy are the repositories and runs of this machine.
for part in share/*; do
    place=$prefix/share/hephy/${part##*/}
    cp -R "$part" "$prefix/share/hephy/.$passing" || die "cannot write below $prefix/share/hephy"
    chmod -R u+w,go+rX "$prefix/share/hephy/.$passing"
    if [ -e "$place" ]; then mv "$place" "$prefix/share/hephy/.old.$$"; fi
    mv "$prefix/share/hephy/.$passing" "$place" || die "cannot write $place"
    rm -rf "$prefix/share/hephy/.old.$$"
done

answer=$(printf 'capabilities\n\n' | "$prefix/bin/git-remote-hephy" origin https://example.invalid/o/r) ||
    die "the installed helper $prefix/bin/git-remote-hephy does not run"
printf '%s\n' "$answer" | grep -qx push || die "the installed helper does not offer to push"
remove_companions
"$prefix/bin/hephy" write-companions "$prefix/share" >/dev/null || die "cannot write below $prefix/share"
version=$("$prefix/bin/hephy" --version) || die "the installed $prefix/bin/hephy does not run"
say "installed hephy ${version#hephy } into $prefix/bin"

status=0
if $demo; then
    echo
    PATH=$prefix/bin:$PATH ./scripts/demo || status=$?
    echo
fi

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
exit "$status"
