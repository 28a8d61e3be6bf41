#!/bin/sh
# Builds a Dockerfile for one platform with BuildKit and pushes it by digest: docker buildx where it is, else buildctl.
#
# Out: digest; without pushing, that of what was built and not kept.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

repository=${HEPHY_IMAGE:?}
platform=${HEPHY_PLATFORM:?}

with_buildx() { has docker && docker buildx version >/dev/null 2>&1; }

# The attributes of the image exporter. Without a tag: the index gives the tags. A daemon that keeps images itself would
# keep those of all platforms under the one name, and two at once clash there.
exporter() {
    printf 'type=image,name=%s,oci-mediatypes=true,store=false' "$repository"
    ! pushing || printf ',push=true,push-by-digest=true,name-canonical=true'
    ! insecure || printf ',registry.insecure=true'
}

# One cache for each platform, beside the image; builds that may not push only read it.
cache() {
    printf 'type=registry,ref=%s:buildcache-%s' "$repository" "$(dashed "$platform")"
    ! insecure || printf ',registry.insecure=true'
}
written_cache() { printf '%s,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true' "$(cache)"; }

# buildx pushes by digest and attests only with a builder of its own, or where docker keeps its images in containerd.
find_builder() {
    [ -z "${BUILDX_BUILDER:-}" ] || return 0
    driver=$(docker buildx inspect 2>/dev/null | sed -n 's/^Driver: *//p')
    [ "$driver" = docker ] || [ -z "$driver" ] || return 0
    BUILDX_BUILDER=hephy-$$
    export BUILDX_BUILDER
    set -- --name "$BUILDX_BUILDER" --driver docker-container --driver-opt "image=${HEPHY_BUILDKIT_IMAGE:-$default_image}"
    case $repository in
    localhost:* | 127.*) set -- "$@" --driver-opt network=host ;;
    esac
    if insecure; then
        printf '[registry."%s"]\n  http = true\n' "$(registry_of "$repository")" >"$scratch/buildkitd.toml"
        set -- "$@" --config "$scratch/buildkitd.toml"
    fi
    own_builder=true
    docker buildx create "$@" >/dev/null || fail 'docker buildx cannot make a builder'
}
default_image=moby/buildkit:v0.32.2
own_builder=false
at_end() {
    ! $own_builder || docker buildx rm --force "$BUILDX_BUILDER" >/dev/null 2>&1 || :
    rm -rf "$scratch"
}

build_with_buildx() {
    find_builder
    set -- --platform "$platform" --file "$(dockerfile)" --progress plain --metadata-file "$scratch/metadata.json" \
        --output "$(exporter)"
    provenance=false
    ! switched_on HEPHY_PROVENANCE true || provenance=mode=max
    set -- "$@" "--provenance=$provenance"
    if ! switched_on HEPHY_SBOM true; then
        set -- "$@" --sbom=false
    elif [ -n "${HEPHY_SBOM_GENERATOR:-}" ]; then
        set -- "$@" "--sbom=generator=$HEPHY_SBOM_GENERATOR"
    else
        set -- "$@" --sbom=true
    fi
    if switched_on HEPHY_CACHE true; then
        set -- "$@" --cache-from "$(cache)"
        ! pushing || set -- "$@" --cache-to "$(written_cache)"
    fi
    to_registry 'docker buildx' with_each "$(annotations)" --label '' with_each "$(annotations)" --annotation '' \
        with_each "${HEPHY_BUILD_ARGS:-}" --build-arg '' before_context docker buildx build "$@"
}
before_context() { "$@" "$(context)"; }

build_with_buildctl() {
    program=$1
    set -- --progress plain --frontend dockerfile.v0 --local "context=$(context)" \
        --local "dockerfile=$(dirname "$(dockerfile)")" --opt "filename=$(basename "$(dockerfile)")" \
        --opt "platform=$platform" --metadata-file "$scratch/metadata.json"
    ! switched_on HEPHY_PROVENANCE true || set -- "$@" --opt attest:provenance=mode=max
    ! switched_on HEPHY_SBOM true ||
        set -- "$@" --opt "attest:sbom=${HEPHY_SBOM_GENERATOR:+generator=$HEPHY_SBOM_GENERATOR}"
    if switched_on HEPHY_CACHE true; then
        set -- "$@" --import-cache "$(cache)"
        ! pushing || set -- "$@" --export-cache "$(written_cache)"
    fi
    attributes=
    while IFS= read -r line; do
        attributes="$attributes,\"annotation.$line\""
    done <<END
$(annotations | sed 's/"/""/g')
END
    to_registry "$program" with_each "$(annotations)" --opt label: \
        with_each "${HEPHY_BUILD_ARGS:-}" --opt build-arg: \
        "$program" build "$@" --output "$(exporter)$attributes"
}

! pushing || login
if with_buildx; then
    build_with_buildx
elif has buildctl && { [ -n "${BUILDKIT_HOST:-}" ] || buildctl debug workers >/dev/null 2>&1; }; then
    build_with_buildctl buildctl
elif has buildctl-daemonless.sh; then
    build_with_buildctl buildctl-daemonless.sh
else
    fail 'no BuildKit here: neither docker buildx nor buildctl with a daemon nor buildctl-daemonless.sh'
fi
digest=$(metadata_digest "$scratch/metadata.json")
is_digest "$digest" || fail 'BuildKit told no digest of what it built'
output digest "$digest"
if pushing; then say "pushed $repository@$digest for $platform"; else say "built $digest for $platform"; fi
