# shellcheck shell=sh
# What the steps share; a rendered step holds this text in place of the line that reads it.
set -eu
LC_ALL=C
export LC_ALL
umask 077

newline='
'

has() { command -v "$1" >/dev/null 2>&1; }

say() { printf '%s\n' "$*"; }

warn() { printf '%s\n' "hephy: $*" >&2; }

fail() {
    printf '%s\n' "hephy: $*" >&2
    exit 1
}

# One `key=value` for the jobs that follow.
output() {
    case $2 in
    *"$newline"*) fail "the output '$1' has more than one line" ;;
    esac
    [ -z "${HEPHY_OUTPUT:-}" ] || printf '%s\n' "$1=$2" >>"$HEPHY_OUTPUT"
}

# A line of the summary: Markdown for the forge's page.
summary() { [ -z "${HEPHY_SUMMARY:-}" ] || printf '%s\n' "$*" >>"$HEPHY_SUMMARY"; }

# Whether the variable named $1 says true; $2 is what empty means.
switched_on() {
    eval "value=\${$1:-$2}"
    # shellcheck disable=SC2154 # eval sets it
    case $value in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "$1 is '$value'; it can be true or false" ;;
    esac
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/hephy.XXXXXX") || fail 'no temporary folder can be made'
at_end() { rm -rf "$scratch"; }
trap 'at_end' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

: "${HEPHY_CREATED:=$(date -u +%Y-%m-%dT%H:%M:%SZ)}"

# The fields of a list on lines of their own, blanks around them taken off: `items "$HEPHY_PLATFORMS" ,`.
items() {
    printf '%s\n' "$1" | tr "$2" '\n' | sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d'
}

sha256() {
    if has sha256sum; then
        sha256sum <"$1"
    elif has shasum; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi | cut -c 1-64
}

is_digest() {
    case $1 in
    sha256:*[!0-9a-f]*) return 1 ;;
    sha256:????????????????????????????????????????????????????????????????) return 0 ;;
    *) return 1 ;;
    esac
}

# The paths of a build, from the root of the checkout.
context() { printf '%s\n' "${HEPHY_CONTEXT:-.}"; }

dockerfile() {
    if [ -n "${HEPHY_DOCKERFILE:-}" ]; then
        printf '%s\n' "$HEPHY_DOCKERFILE"
    elif [ -f "$(context)/Dockerfile" ] || [ ! -f "$(context)/Containerfile" ]; then
        printf '%s\n' "$(context)/Dockerfile"
    else
        printf '%s\n' "$(context)/Containerfile"
    fi
}

# Fails unless the file or folder $2, which the variable $1 names, is inside the checkout, whatever links lead to it.
check_path() {
    case $2 in
    /* | -* | .. | ../* | */.. | */../* | *"$newline"*) fail "$1 is '$2'; it has to be a path inside the repository" ;;
    esac
    [ -e "$2" ] || fail "$1 is '$2', which this commit does not have"
    root=$(pwd -P)
    case $(readlink -f "$2")/ in
    "${root%/}"/*) ;;
    *) fail "$1 is '$2', which a symbolic link leads out of the repository" ;;
    esac
}

names_registry() {
    case $1 in
    */*) ;;
    *) return 1 ;;
    esac
    case ${1%%/*} in
    *.* | *:* | localhost) return 0 ;;
    *) return 1 ;;
    esac
}

# The registry that an image's name begins with, or the one that is meant where it does not.
registry_of() {
    if names_registry "$1"; then printf '%s\n' "${1%%/*}"; else echo docker.io; fi
}

short_sha() { printf '%.7s\n' "$HEPHY_SHA"; }

# `linux/arm/v7` as a part of a tag.
dashed() { printf '%s\n' "$1" | tr / -; }

# The tag whose digest identifies the build: it never moves.
commit_tag() { printf 'sha-%s\n' "$(short_sha)"; }

# What org.opencontainers.image.version says: the first tag, or before there are tags the name of the branch or tag.
version() {
    if [ -n "${HEPHY_TAGS:-}" ]; then
        items "$HEPHY_TAGS" , | sed -n 1p
        return
    fi
    case ${HEPHY_REF:-} in
    refs/tags/v[0-9]*.*) printf '%s\n' "${HEPHY_REF#refs/tags/v}" ;;
    refs/heads/?* | refs/tags/?*) printf '%s\n' "${HEPHY_REF#refs/*/}" ;;
    *) commit_tag ;;
    esac | sed 's/[^A-Za-z0-9_.-][^A-Za-z0-9_.-]*/-/g'
}

# `key=value` of each OCI annotation, which are the labels too.
annotations() {
    key=org.opencontainers.image
    printf '%s\n' "$key.created=$HEPHY_CREATED" "$key.revision=$HEPHY_SHA" "$key.version=$(version)" \
        "$key.title=${HEPHY_IMAGE##*/}"
    [ -z "${HEPHY_SOURCE_URL:-}" ] || printf '%s\n' "$key.source=$HEPHY_SOURCE_URL" "$key.url=$HEPHY_SOURCE_URL"
}

# Runs a command with one more option for each line of a list: `with_each LIST OPTION PREFIX COMMAND...`.
with_each() {
    list=$1 option=$2 prefix=$3
    shift 3
    while IFS= read -r line; do
        [ -z "$line" ] || set -- "$@" "$option" "$prefix$line"
    done <<END
$list
END
    "$@"
}

# The digest that BuildKit writes into a file of metadata.
metadata_digest() { sed -n 's/^.*"containerimage.digest" *: *"\(sha256:[0-9a-f]*\)".*$/\1/p' "$1"; }

# Whether the registry may speak plain http: where that is said, and on this machine itself.
insecure() {
    case ${HEPHY_REGISTRY_INSECURE:-}:${HEPHY_IMAGE:-} in
    :localhost:* | :localhost/* | :127.*) return 0 ;;
    *) switched_on HEPHY_REGISTRY_INSECURE false ;;
    esac
}

# Whether images go to a registry; `auto` means: where the image's name begins with one.
pushing() {
    case ${HEPHY_PUSH:-true} in
    auto) names_registry "${HEPHY_IMAGE:-}" ;;
    *) switched_on HEPHY_PUSH true ;;
    esac
}

# Puts the registry's credentials into a DOCKER_CONFIG of this step alone; without any the machine's own stay in use.
login() {
    user=${HEPHY_REGISTRY_USER:-}
    password=${HEPHY_REGISTRY_PASSWORD:-}
    unset HEPHY_REGISTRY_PASSWORD
    registry=${HEPHY_REGISTRY:-$(registry_of "$HEPHY_IMAGE")}
    if [ -n "$user" ] && [ -z "$password" ]; then
        fail "HEPHY_REGISTRY_USER is set and HEPHY_REGISTRY_PASSWORD is not; $(login_hint)"
    elif [ -n "$password" ] && [ -z "$user" ]; then
        fail "HEPHY_REGISTRY_PASSWORD is set and HEPHY_REGISTRY_USER is not; $(login_hint)"
    fi
    has_login=false
    [ -n "$password" ] || return 0
    has_login=true
    key=$registry
    [ "$registry" != docker.io ] || key=https://index.docker.io/v1/
    mkdir "$scratch/docker"
    # Plugins, contexts and builders of the docker command stand beside its credentials.
    for part in cli-plugins contexts buildx; do
        own=${DOCKER_CONFIG:-${HOME:-/nonexistent}/.docker}/$part
        [ ! -d "$own" ] || ln -s "$own" "$scratch/docker/$part"
    done
    # printf is the shell's own: nothing of this is seen in a list of processes.
    auth=$(printf '%s:%s' "$user" "$password" | base64 | tr -d '\n')
    printf '{"auths":{"%s":{"auth":"%s"}}}\n' "$key" "$auth" >"$scratch/docker/config.json"
    unset auth password
    DOCKER_CONFIG=$scratch/docker
    export DOCKER_CONFIG
}

# Runs podman, buildah or skopeo, which take a DOCKER_CONFIG without its file for a mistake.
with_config() {
    if [ -f "${DOCKER_CONFIG:-}/config.json" ]; then "$@"; else (unset DOCKER_CONFIG && "$@"); fi
}

# What gives a job the right to push to this registry.
login_hint() {
    case ${registry:-} in
    ghcr.io | containers.*)
        # The words of a workflow file.
        say "the job needs 'permissions: packages: write', with HEPHY_REGISTRY_USER from github.actor and" \
            "HEPHY_REGISTRY_PASSWORD from github.token, and the package has to give this repository write access"
        ;;
    docker.io) say 'HEPHY_REGISTRY_PASSWORD has to be an access token of Docker Hub that may read and write' ;;
    registry.gitlab.com | "${CI_REGISTRY:-none}")
        say "HEPHY_REGISTRY_USER and HEPHY_REGISTRY_PASSWORD come from CI_REGISTRY_USER and CI_REGISTRY_PASSWORD," \
            "and the project's container registry has to be switched on"
        ;;
    *) say "the login has to be that of an account that may push to $registry" ;;
    esac
}

# Runs the command after the first word, which names it to people, with its output in the log; where the registry
# turned it away, says what is missing.
to_registry() {
    named=$1
    shift
    rm -f "$scratch/failed"
    { "$@" </dev/null || echo $? >"$scratch/failed"; } 2>&1 | tee "$scratch/log"
    [ -f "$scratch/failed" ] || return 0
    if pushing && grep -qiE \
        'unauthori[sz]ed|denied|authentication required|no basic auth|status( code)?:? 40[13]|40[13] (unauth|forb)' \
        "$scratch/log"; then
        if ${has_login:-false}; then
            fail "$registry refuses the user '$user' for $HEPHY_IMAGE; $(login_hint)"
        fi
        fail "$registry wants a login, and HEPHY_REGISTRY_USER and HEPHY_REGISTRY_PASSWORD are not set; $(login_hint)"
    fi
    fail "$named failed with exit status $(cat "$scratch/failed")"
}

# What the run made, for people, and as the line that is looked for last: `report DIGEST PLATFORMS`.
report() {
    ref=$HEPHY_IMAGE:$(commit_tag)@$1
    output digest "$1"
    output ref "$ref"
    tags=$(items "${HEPHY_TAGS:-}" ,)
    summary '### Image'
    summary ''
    summary '| | |'
    summary '|---|---|'
    summary "| image | \`$HEPHY_IMAGE\` |"
    summary "| digest | \`$1\` |"
    summary "| tags | $(printf '%s\n' "$tags" | sed -e 's/^/\`/' -e 's/$/\`/' | tr '\n' ' ')|"
    summary "| platforms | $2 |"
    say "image: $HEPHY_IMAGE"
    say "digest: $1"
    say "tags: $(printf '%s\n' "$tags" | tr '\n' ' ' | sed 's/ $//')"
    say "platforms: $2"
    say "hephy: image=$ref"
}
