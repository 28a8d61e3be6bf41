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
        with_each "${HEPHY_BUILD_ARGS:-}" --build-arg '' before_context without_own_arguments "$@"
}

# buildah and podman warn of build arguments that a Dockerfile has no use for, and count those in which --platform sets.
without_own_arguments() {
    rm -f "$scratch/status"
    { "$@" || echo $? >"$scratch/status"; } 2>&1 | while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '[Warning] one or more build args were not consumed: ['*)
            others=
            for argument in $(say "$line" | sed 's/^.*\[\(.*\)\]$/\1/'); do
                case $argument in
                TARGETARCH | TARGETOS | TARGETPLATFORM | TARGETVARIANT) ;;
                *) others="$others${others:+ }$argument" ;;
                esac
            done
            [ -n "$others" ] || continue
            line="${line%%: \[*}: [$others]"
            ;;
        esac
        say "$line"
    done
    [ ! -f "$scratch/status" ] || return "$(cat "$scratch/status")"
}

# Containers, in which buildah and podman run what a Dockerfile says, cannot be made on every machine: inside of other
# containers mostly not. Where a program of the machine runs in a chroot alone, the image is built that way.
choose_isolation() {
    [ -z "${BUILDAH_ISOLATION:-}" ] || return 0
    grep -qiE '^[[:space:]]*RUN([[:space:]]|$)' "$(dockerfile)" || return 0
    mkdir "$scratch/trial"
    printf '%s\n' 'FROM scratch' 'RUN ["/bin/sh", "-c", ":"]' >"$scratch/trial/Dockerfile"
    ! can_run || return 0
    # shellcheck disable=SC2030 # a trial
    (BUILDAH_ISOLATION=chroot && export BUILDAH_ISOLATION && can_run) || return 0
    # shellcheck disable=SC2031 # what the trial has told
    BUILDAH_ISOLATION=chroot
    export BUILDAH_ISOLATION
    say "$builder can make no containers here: what the Dockerfile runs has a chroot alone (BUILDAH_ISOLATION=chroot)"
}

can_run() {
    set -- --layers=false --force-rm --iidfile "$scratch/trial/id" --file "$scratch/trial/Dockerfile"
    for folder in /bin /lib /lib64 /usr; do
        [ ! -d "$folder" ] || set -- "$@" --volume "$folder:$folder:ro"
    done
    with_config "$builder" build "$@" "$scratch/trial" </dev/null >/dev/null 2>&1 || return 1
    with_config "$builder" rmi "$(cat "$scratch/trial/id")" >/dev/null 2>&1 || :
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
    choose_isolation
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
