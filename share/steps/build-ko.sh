#!/bin/sh
# Builds a Go program for one platform with ko and pushes it; out: digest.
#
# Without pushing, the image goes into the store of HEPHY_BUILDER (docker, podman or buildah) where that is named.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

platform=${HEPHY_PLATFORM:?}

# The go command checks what it gets against Go's own database of checksums.
install_ko() {
    has ko && return
    has go || fail 'neither ko nor go is here; https://ko.build/install says how to get ko'
    say "installing ko ${HEPHY_KO_VERSION:-v0.19.1}"
    mkdir "$scratch/bin"
    (cd "$scratch" && GOBIN=$scratch/bin GOFLAGS='' go install "github.com/google/ko@${HEPHY_KO_VERSION:-v0.19.1}") ||
        fail 'go could not install ko'
    PATH=$scratch/bin:$PATH
}

# ko runs in the folder of the module that the program is part of.
enter_module() {
    main=${HEPHY_KO_MAIN:-.}
    main=${main%/}
    module=$main
    while [ ! -f "$module/go.mod" ]; do
        [ "$module" != . ] || fail "no go.mod in $main or above it"
        module=$(dirname "$module")
    done
    [ -n "${KO_CONFIG_PATH:-}" ] || [ ! -f .ko.yaml ] || export KO_CONFIG_PATH="$PWD/.ko.yaml"
    program=.
    [ "$main" = "$module" ] || program=./${main#"$module"/}
    [ "$module" != . ] || [ "$main" = . ] || program=./${main#./}
    cd "$module" || exit 1
}

ko_build() { ko build "$@" "$program" >"$scratch/references"; }

# Loads a tarball into the store on this machine and tells the image's id.
load() {
    if [ "$1" = buildah ]; then
        buildah pull --quiet "docker-archive:$2"
        return
    fi
    loaded=$("$1" load --input "$2" | sed -n 's/^Loaded image[^:]*: *//p' | sed -n 1p)
    "$1" image inspect --format '{{.Id}}' "$loaded"
}

install_ko
enter_module
KO_DOCKER_REPO=${HEPHY_IMAGE:?}
export KO_DOCKER_REPO
set -- --bare --platform "$platform" --tags "$(commit_tag)-$(dashed "$platform")"
if ! pushing; then
    set -- "$@" --push=false --sbom none --tarball "$scratch/image.tar"
elif switched_on HEPHY_SBOM true; then
    set -- "$@" --sbom spdx
else
    set -- "$@" --sbom none
fi
! insecure || set -- "$@" --insecure-registry
! pushing || login
to_registry ko with_each "$(annotations)" --image-label '' with_each "$(annotations)" --image-annotation '' ko_build "$@"
digest=$(sed -n 's/^.*@\(sha256:[0-9a-f]*\)$/\1/p' "$scratch/references")
if pushing; then
    is_digest "$digest" || fail 'ko told no digest of what it pushed'
    say "pushed $HEPHY_IMAGE@$digest for $platform"
elif [ -n "${HEPHY_BUILDER:-}" ]; then
    digest=$(load "$HEPHY_BUILDER" "$scratch/image.tar") || fail "$HEPHY_BUILDER cannot load what ko built"
    is_digest "$digest" || digest=sha256:$digest
    output builder "$HEPHY_BUILDER"
    say "built $HEPHY_IMAGE for $platform, image id $digest"
else
    say "built $HEPHY_IMAGE for $platform, and kept nothing"
fi
output digest "$digest"
