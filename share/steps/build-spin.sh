#!/bin/sh
# Builds a Spin application and pushes its one artifact with every tag; there is no index of platforms.
#
# In: HEPHY_TAGS beside what every build has. Out: digest, ref. The last line names the image.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

repository=${HEPHY_IMAGE:-}
manifest=${HEPHY_SPIN_MANIFEST:-spin.toml}

# Spin's release and the list of checksums that stands beside it.
install_spin() {
    has spin && return
    release=${HEPHY_SPIN_VERSION:-v4.0.2}
    has curl || fail 'neither spin nor curl to get it with is here; https://spinframework.dev/install says how to get spin'
    case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) fail "there is no spin for $(uname -m)" ;;
    esac
    archive=spin-$release-static-linux-$machine.tar.gz
    say "installing spin $release"
    for file in "$archive" "checksums-$release.txt"; do
        curl -fsSL --proto '=https' --retry 3 -o "$scratch/$file" \
            "https://github.com/spinframework/spin/releases/download/$release/$file" || fail "$file cannot be had"
    done
    wanted=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$scratch/checksums-$release.txt")
    [ "$(sha256 "$scratch/$archive")" = "${wanted:-none}" ] || fail "$archive is not what its list of checksums says"
    mkdir "$scratch/bin"
    tar -xzf "$scratch/$archive" -C "$scratch/bin" spin
    PATH=$scratch/bin:$PATH
}

# Rust has its WebAssembly targets apart.
add_targets() {
    has rustup || return 0
    for target in wasm32-wasip1 wasm32-wasip2 wasm32-unknown-unknown; do
        ! grep -q -- "$target" "$manifest" || rustup target add "$target"
    done
}

# What the application's own manifest says is run, and has no use for the login.
without_login() (
    unset HEPHY_REGISTRY_USER HEPHY_REGISTRY_PASSWORD
    "$@"
)

push() {
    tag=$1
    set -- registry push --from "$manifest"
    ! insecure || set -- "$@" --insecure
    to_registry spin with_each "$(annotations)" --annotation '' before_reference spin "$@"
    digest=$(sed -n 's/^.*digest:* *\(sha256:[0-9a-f]*\).*$/\1/p' "$scratch/log" | sed -n '$p')
    is_digest "$digest" || fail 'spin told no digest of what it pushed'
}
before_reference() { "$@" "$repository:$tag"; }

# A further tag for what was pushed: the same bytes.
tag_again() {
    if has crane; then
        if insecure; then set -- "$1" --insecure; fi
        to_registry crane crane tag "$repository@$pushed" "$@"
    elif has docker && docker buildx version >/dev/null 2>&1; then
        to_registry 'docker buildx' docker buildx imagetools create --tag "$repository:$1" "$repository@$pushed"
    else
        push "$1"
        [ "$digest" = "$pushed" ] || warn "the tag $1 has the digest $digest, since spin packed the application again"
    fi
}

install_spin
add_targets
say "building $manifest as wasi/wasm"
to_registry 'spin build' without_login spin build --from "$manifest"
if ! pushing; then
    output digest ''
    say 'built; a Spin application is kept by a registry alone, and this run does not push'
    exit 0
fi
login
tags=$(items "${HEPHY_TAGS:-}" ,)
push "$(commit_tag)"
pushed=$digest
for name in $tags; do
    [ "$name" = "$(commit_tag)" ] || tag_again "$name"
done
report "$pushed" wasi/wasm
