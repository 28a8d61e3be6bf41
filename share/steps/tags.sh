#!/bin/sh
# Prints the tags of an image, one per line, highest priority first.
#
# In: HEPHY_REF (full ref), HEPHY_SHA, HEPHY_DEFAULT_BRANCH, HEPHY_ADDITIONAL_TAGS (comma or newline list, `${NAME}`
# inside), HEPHY_RUN_NUMBER. Nothing else is read, so that the same commit has the same tags wherever this runs.
# The rules are those of docker/metadata-action; docs/steps.md has the table.
set -eu
LC_ALL=C
export LC_ALL

fail() {
    printf '%s\n' "hephy: $*" >&2
    exit 1
}

newline='
'

# What a registry takes as a tag: other characters become `-`, a run of them one; no `.` or `-` in front; 128 at most.
sanitised() {
    printf '%s\n' "$1" | sed -e 's/[^A-Za-z0-9_.-][^A-Za-z0-9_.-]*/-/g' -e 's/^[.-]*//' | cut -c 1-128
}

lowered() { printf '%s\n' "$1" | tr 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' 'abcdefghijklmnopqrstuvwxyz'; }

# GitLab's CI_COMMIT_REF_SLUG: each character but a-z and 0-9 is a `-`, however many bytes it has.
slug() {
    lowered "$1" | tr -d '\200-\277' | sed -e 's/[^a-z0-9]/-/g' | cut -c 1-63 | sed -e 's/^-*//' -e 's/-*$//'
}

# Prints `MAJOR MINOR VERSION PRE-RELEASE` of a semantic version, nothing for any other text.
semver() {
    number='(0|[1-9][0-9]{0,15})'
    word='(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
    printf '%s\n' "$1" | sed -nE \
        "s/^v?$number\.$number\.$number(-$word(\.$word)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\$/\1 \2 \1.\2.\3\4 \4/p"
}

# The value of a variable that additional tags may name; GitHub's and GitLab's names mean the same everywhere.
variable() {
    case $1 in
    GITHUB_REF_NAME | CI_COMMIT_REF_NAME) printf '%s\n' "$name" ;;
    GITHUB_REF_TYPE) printf '%s\n' "$type" ;;
    CI_COMMIT_REF_SLUG) slug "$name" ;;
    CI_COMMIT_TAG) [ "$type" != tag ] || printf '%s\n' "$name" ;;
    CI_COMMIT_BRANCH) [ -z "$branch" ] || printf '%s\n' "$branch" ;;
    GITHUB_SHA | CI_COMMIT_SHA) printf '%s\n' "$sha" ;;
    CI_COMMIT_SHORT_SHA) printf '%.8s\n' "$sha" ;;
    GITHUB_RUN_NUMBER | CI_PIPELINE_IID) printf '%s\n' "${HEPHY_RUN_NUMBER:-}" ;;
    *) fail "the additional tag '$entry' names the unknown variable '$1'" ;;
    esac
}

# Prints an additional tag with its variables' values; nothing when one of them has no value here.
expanded() {
    entry=$1
    rest=$1
    text=
    while :; do
        case $rest in
        *'$'*) ;;
        *) break ;;
        esac
        text=$text${rest%%'$'*}
        rest=${rest#*'$'}
        case $rest in
        '{'*'}'*) ;;
        *) fail "the additional tag '$entry' has a '\$' that begins no '\${NAME}'" ;;
        esac
        reference=${rest%%'}'*}
        rest=${rest#*'}'}
        value=$(variable "${reference#'{'}") || exit 1
        if [ -z "$value" ]; then
            printf '%s\n' "hephy: the additional tag '$entry' is left out: ${reference#'{'} is empty here" >&2
            return 0
        fi
        text=$text$value
    done
    sanitised "$text$rest"
}

ref=${HEPHY_REF:-}
sha=$(lowered "${HEPHY_SHA:-}")
case $ref in
*[[:cntrl:]]*) fail 'HEPHY_REF has a control character' ;;
esac
case ${#sha}:$sha in
40:*[!0-9a-f]* | 64:*[!0-9a-f]*) fail "HEPHY_SHA is no commit id: '${HEPHY_SHA:-}'" ;;
40:* | 64:*) ;;
*) fail "HEPHY_SHA is no commit id: '${HEPHY_SHA:-}'" ;;
esac

branch=
type=branch
case $ref in
refs/heads/?*)
    name=${ref#refs/heads/}
    branch=$name
    own=$name
    ;;
refs/tags/?*)
    name=${ref#refs/tags/}
    type=tag
    own=$name
    ;;
refs/pull/?* | refs/merge-requests/?*)
    name=${ref#refs/*/}
    own=pr-${name%%/*}
    ;;
*)
    name=${ref#refs/}
    own=
    ;;
esac

semantic_tags() {
    [ "$type" = tag ] || return 0
    found=$(semver "$name")
    [ -n "$found" ] || return 0
    # shellcheck disable=SC2086 # four words without blanks inside
    set -- $found
    [ ${#3} -le 128 ] || return 0
    printf '%s\n' "$3"
    [ -z "${4:-}" ] || return 0
    printf '%s\n' "$1.$2"
    [ "$1" = 0 ] || printf '%s\n' "$1"
}

additional_tags() {
    set -f
    IFS=",$newline"
    # shellcheck disable=SC2086 # the list is to be split
    set -- ${HEPHY_ADDITIONAL_TAGS:-}
    unset IFS
    for item in "$@"; do
        item=$(printf '%s\n' "$item" | sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//')
        [ -n "$item" ] || continue
        expanded "$item"
    done
}

semantic=$(semantic_tags)
additional=$(additional_tags)
{
    printf '%s\n' "$semantic"
    [ -z "$own" ] || sanitised "$own"
    printf '%s\n' "$additional"
    if [ -n "$branch" ] && [ "$branch" = "${HEPHY_DEFAULT_BRANCH:-}" ]; then echo latest; fi
    printf 'sha-%.7s\n' "$sha"
    # A version, and none that is a pre-release: those have no `1.2`.
    case $semantic in
    *"$newline"*) echo latest ;;
    esac
} | awk 'length($0) && !seen[$0]++'
