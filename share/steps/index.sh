#!/bin/sh
# Makes one OCI index of the images that were built for each platform, and gives it every tag.
#
# In: HEPHY_IMAGE, HEPHY_DIGESTS (lines `PLATFORM DIGEST`), HEPHY_TAGS. Where nothing was pushed, the images in the
# store of HEPHY_BUILDER get the tags. Out: digest, ref.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

repository=${HEPHY_IMAGE:?}
tags=$(items "${HEPHY_TAGS:-}" ,)
[ -n "$tags" ] || fail 'HEPHY_TAGS is empty; tags.sh prints what belongs there'
built=$(printf '%s\n' "${HEPHY_DIGESTS:-}" | sed -e 's/^[[:space:]]*//' -e '/^$/d')
[ -n "$built" ] || fail 'HEPHY_DIGESTS is empty; no build handed over what it made'

check_built() {
    while read -r platform digest rest; do
        if ! is_digest "$digest" || [ -n "$rest" ]; then
            fail "HEPHY_DIGESTS has the line '$platform $digest $rest', which is no PLATFORM DIGEST"
        fi
        say "$platform $digest"
    done <<END
$built
END
}

json_string() { printf '%s\n' "$1" | sed -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$/"/'; }

annotations_json() (
    comma=
    annotations | while IFS= read -r line; do
        printf '%s%s:%s' "$comma" "$(json_string "${line%%=*}")" "$(json_string "${line#*=}")"
        comma=,
    done
)

crane_() {
    ! insecure || set -- "$@" --insecure
    if has crane; then
        crane "$@"
        return
    fi
    set -- "${HEPHY_CRANE_IMAGE:-gcr.io/go-containerregistry/crane:v0.20.7}" "$@"
    [ ! -f "${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json" ] ||
        set -- --env DOCKER_CONFIG=/docker --volume "${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json:/docker/config.json:ro" "$@"
    case $repository in
    localhost:* | 127.*) set -- --network host "$@" ;;
    esac
    docker run --rm --volume "$scratch:$scratch" "$@"
}

# The manifest of one digest, byte for byte.
manifest() {
    if [ "$tool" = crane ]; then
        crane_ manifest "$repository@$1"
    else
        docker buildx imagetools inspect --raw "$repository@$1"
    fi >"$2"
}

media_type() {
    tr -d '\n' <"$1" | sed -e 's/"\(config\|layers\|manifests\)".*$//' |
        sed -n 's/^.*"mediaType" *: *"\([^"]*\)".*$/\1/p'
}

# The elements of the array `manifests` of an index: what stands between its brackets.
elements() {
    tr -d '\n' <"$1" | awk '{
        start = match($0, /"manifests"[ \t]*:[ \t]*\[/)
        if (!start) exit 1
        depth = 1
        for (i = start + RLENGTH; i <= length($0); i++) {
            c = substr($0, i, 1)
            if (quoted) {
                if (c == "\\") { printf "%s", c; c = substr($0, ++i, 1) } else if (c == "\"") quoted = 0
            } else if (c == " " || c == "\t") continue
            else if (c == "\"") quoted = 1
            else if (c == "[") depth++
            else if (c == "]" && --depth == 0) exit 0
            printf "%s", c
        }
    }'
}

platform_json() {
    os=${1%%/*}
    rest=${1#*/}
    printf '{"os":"%s","architecture":"%s"' "$os" "${rest%%/*}"
    case $rest in
    */*) printf ',"variant":"%s"' "${rest#*/}" ;;
    esac
    printf '}'
}

# The index itself; an image that comes as an index of its own brings what it holds, its attestations too.
index_json() {
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":['
    comma=
    while read -r platform digest; do
        manifest "$digest" "$scratch/manifest" || exit 1
        type=$(media_type "$scratch/manifest")
        printf '%s' "$comma"
        comma=,
        case $type in
        *.image.index.* | *.manifest.list.*) elements "$scratch/manifest" || exit 1 ;;
        *)
            printf '{"mediaType":"%s","digest":"%s","size":%d,"platform":%s}' \
                "${type:-application/vnd.oci.image.manifest.v1+json}" "$digest" "$(($(wc -c <"$scratch/manifest")))" \
                "$(platform_json "$platform")"
            ;;
        esac
    done <<END
$built
END
    printf '],"annotations":{%s}}' "$(annotations_json)"
}

# crane pushes an index as it stands in a folder of OCI layout. Of what it names crane wants to see the manifests; they
# are in the registry already, so that nothing but the index is sent.
index_with_crane() {
    layout=$scratch/layout
    mkdir -p "$layout/blobs/sha256"
    printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
    to_registry 'reading the images' index_json_file
    digest=sha256:$(sha256 "$layout/index.json")
    to_registry crane crane_ push --index "$layout" "$repository:$(commit_tag)"
    for tag in $tags; do
        [ "$tag" = "$(commit_tag)" ] || to_registry crane crane_ tag "$repository@$digest" "$tag"
    done
}
index_json_file() {
    index_json >"$layout/index.json" || return 1
    grep -o '"digest" *: *"sha256:[0-9a-f]*"' "$layout/index.json" | tr -d '" ' | cut -d : -f 3 |
        while read -r hex; do
            manifest "sha256:$hex" "$layout/blobs/sha256/$hex" || exit 1
        done
}

# Whether one of the images has docker's own kind of manifest, as kaniko makes them: imagetools would join those as a
# list of docker's kind, which has no annotations.
has_docker_manifests() {
    while read -r platform digest; do
        manifest "$digest" "$scratch/manifest" || fail "$repository@$digest cannot be read"
        case $(media_type "$scratch/manifest") in
        application/vnd.docker.*) return 0 ;;
        esac
    done <<END
$built
END
    return 1
}

# Writes the manifests anew as OCI ones; the layers are the same.
convert() {
    set -- --format oci
    ! insecure || set -- "$@" --src-tls-verify=false --dest-tls-verify=false
    converted=
    while read -r platform digest; do
        to_registry skopeo with_config skopeo copy "$@" --digestfile "$scratch/converted" "docker://$repository@$digest" \
            "docker://$repository:$(commit_tag)-$(dashed "$platform")"
        converted="$converted$platform $(cat "$scratch/converted")$newline"
    done <<END
$built
END
    built=${converted%"$newline"}
}

index_with_buildx() {
    set -- docker buildx imagetools create
    for tag in $tags; do
        set -- "$@" --tag "$repository:$tag"
    done
    while read -r platform digest; do
        set -- "$@" "$repository@$digest"
    done <<END
$built
END
    to_registry 'docker buildx imagetools' with_each "$(annotations)" --annotation index: "$@"
    docker buildx imagetools inspect --raw "$repository:$(commit_tag)" >"$scratch/index.json"
    digest=sha256:$(sha256 "$scratch/index.json")
}

# The store of docker and podman: the first platform has the tags, each further one a tag that names it.
tag_in_store() {
    builder=${HEPHY_BUILDER:?}
    digest=
    while read -r platform id; do
        for tag in $tags; do
            [ -z "$digest" ] || tag=$tag-$(dashed "$platform")
            case $builder in
            docker | podman | buildah) "$builder" tag "$id" "$repository:$tag" ;;
            esac
        done
        [ -n "$digest" ] || digest=$id
    done <<END
$built
END
}

check_built
if pushing; then
    login
    if has crane; then
        tool=crane
        index_with_crane
    elif has docker && docker buildx version >/dev/null 2>&1; then
        tool=buildx
        if ! has_docker_manifests; then
            index_with_buildx
        elif has skopeo; then
            convert
            index_with_buildx
        else
            tool=crane
            index_with_crane
        fi
    else
        fail 'neither crane nor docker buildx is here to join the images of several platforms'
    fi
else
    tag_in_store
fi

report "$digest" "$(printf '%s\n' "$built" | cut -d ' ' -f 1 | tr '\n' ' ' | sed -e 's/ $//' -e 's/ /, /g')"
