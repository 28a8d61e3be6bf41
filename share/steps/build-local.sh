#!/bin/sh
# Builds a Dockerfile for one platform with what this machine has: docker, podman, buildctl or buildah.
#
# The image goes to the builder's own store, or to the registry that HEPHY_IMAGE names. Out: digest.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

# What builds here, best first; docker counts only where its daemon answers.
find_builder() {
    builder=${HEPHY_BUILDER:-}
    if [ -n "$builder" ]; then
        has "$builder" || fail "HEPHY_BUILDER is '$builder', which this machine does not have"
        return 0
    fi
    for builder in docker podman buildctl buildah; do
        has "$builder" || continue
        case $builder in
        docker) ! docker version >/dev/null 2>&1 || return 0 ;;
        buildctl) ! buildctl debug workers >/dev/null 2>&1 || return 0 ;;
        *) return 0 ;;
        esac
    done
    fail 'nothing on this machine builds a Dockerfile; sudo apt-get install buildah is one way to mend it'
}

# The command line of docker, podman and buildah ends with the context.
before_context() { "$@" "$(context)"; }

build() {
    to_registry "$builder" with_each "$(annotations)" --label '' \
        with_each "${HEPHY_BUILD_ARGS:-}" --build-arg '' before_context "$@"
}

# Docker builds with BuildKit by its buildx plugin, or before version 23 by itself. Without it the first builder is left,
# which builds for this machine's own platform.
build_with_docker() {
    client=$(docker version --format '{{.Client.Version}}' 2>/dev/null) || client=0
    set -- --file "$(dockerfile)" --iidfile "$scratch/id"
    DOCKER_BUILDKIT=0
    if docker buildx version >/dev/null 2>&1 || [ "${client%%.*}" -lt 23 ]; then
        DOCKER_BUILDKIT=1
        set -- "$@" --platform "$HEPHY_PLATFORM"
    fi
    # The builder inside the daemon: others keep what they build.
    BUILDX_BUILDER=$(docker context show 2>/dev/null) || BUILDX_BUILDER=default
    export DOCKER_BUILDKIT BUILDX_BUILDER
    build docker build "$@"
    digest=$(cat "$scratch/id")
    made=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$digest")
    case $HEPHY_PLATFORM/ in
    "$made"/*) ;;
    *) fail "docker built for $made and not for $HEPHY_PLATFORM; sudo apt-get install docker-buildx mends it" ;;
    esac
    pushing || return 0
    docker tag "$digest" "$name"
    to_registry docker docker push "$name"
    digest=$(sed -n 's/^.*digest: \(sha256:[0-9a-f]*\) size: .*$/\1/p' "$scratch/log" | sed -n '$p')
}

build_with_podman() {
    build with_config "$builder" build --platform "$HEPHY_PLATFORM" --file "$(dockerfile)" --iidfile "$scratch/id"
    digest=$(cat "$scratch/id")
    pushing || return 0
    set -- push --digestfile "$scratch/digest" --format oci
    ! insecure || set -- "$@" --tls-verify=false
    to_registry "$builder" with_config "$builder" "$@" "$digest" "docker://$name"
    digest=$(cat "$scratch/digest")
}

find_builder
name=${HEPHY_IMAGE:?}:$(commit_tag)-$(dashed "$HEPHY_PLATFORM")
say "building $(dockerfile) for $HEPHY_PLATFORM with $builder of this machine"
[ "${HEPHY_BACKEND:-}" != kaniko ] || say "$builder stands in for kaniko, which runs in containers alone"
if [ "$builder" = buildctl ]; then
    output builder buildctl
    HEPHY_PROVENANCE=false HEPHY_SBOM=false HEPHY_CACHE=false
    export HEPHY_PROVENANCE HEPHY_SBOM HEPHY_CACHE
    at_end
    exec sh "$HEPHY_STEPS/build-buildkit.sh"
fi
! pushing || login
case $builder in
docker) build_with_docker ;;
podman | buildah) build_with_podman ;;
*) fail "HEPHY_BUILDER is '$builder'; it can be docker, podman, buildctl or buildah" ;;
esac
is_digest "$digest" || digest=sha256:$digest
is_digest "$digest" || fail "$builder told no digest of what it built"
output digest "$digest"
output builder "$builder"
if pushing; then say "pushed $name@$digest"; else say "built $name, image id $digest"; fi
