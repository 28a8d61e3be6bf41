#!/bin/sh
# Checks what the run was asked for before anything is built, and says what every job builds.
#
# Out: backend, platforms (comma list), image, push, additional_tags (comma list), ko_main. docs/steps.md has the variables.
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

# The file that the CI files were rendered from has to be the file of this commit.
check_drift() {
    file=.hephy/build-config.yaml
    case ${HEPHY_CONFIG_SHA256:-} in
    '') return 0 ;;
    none) [ ! -e "$file" ] || fail "$file is newer than the CI files; run hephy sync" ;;
    *)
        [ -f "$file" ] || fail "$file is gone, but the CI files were made from it; run hephy sync"
        [ "$(sha256 "$file")" = "$HEPHY_CONFIG_SHA256" ] ||
            fail "$file differs from the one that the CI files were made from; run hephy sync"
        ;;
    esac
}

# A run that was not rendered from the configuration reads it here; what the run was given goes before it.
read_config() {
    file=.hephy/build-config.yaml
    if ! switched_on HEPHY_READ_CONFIG false || [ -n "${HEPHY_CONFIG_SHA256:-}" ] || [ ! -e "$file" ]; then return 0; fi
    check_path 'the configuration' "$file"
    [ -f "$file" ] || fail "$file is no file"
    [ "$(($(wc -c <"$file")))" -le 65536 ] || fail "$file is larger than 64 KiB"
    [ "$(($(tr -d '\12\15\40-\176\200-\377' <"$file" | wc -c)))" -eq 0 ] ||
        fail "$file has tabs or other control characters, which a run does not read"
    read=$(awk -f "${HEPHY_STEPS:?}/config.awk" "$file") || fail "$(printf '%s\n' "$read" | sed -n '$p')"
    say "$file: read by this run"
    of_file() { printf '%s\n' "$read" | sed -n "s/^$1 //p"; }
    for word in $(items "$(of_file platforms)" ,); do platform "$word" >/dev/null; done
    [ "${HEPHY_BACKEND:-auto}" != auto ] || HEPHY_BACKEND=$(of_file build_backend)
    : "${HEPHY_PLATFORMS:=$(of_file platforms)}" "${HEPHY_IMAGE:=$(of_file image)}"
    : "${HEPHY_ADDITIONAL_TAGS:=$(of_file additional_tags)}"
}

# What comes is compared with a pin, so that it does not matter how far a wget trusts.
download() {
    if has curl; then
        curl --fail --silent --show-error --location --proto '=http,https' --retry 2 --connect-timeout 20 \
            --max-time 180 --output "$2" "$1"
    else
        wget -q -T 60 -O "$2" "$1"
    fi
}

# Sets `hephy` to a program that detects: the runner's own, else the one of the archive that HEPHY_RELEASE pins. Where it
# cannot be had, `why` says so; an archive that is another one than the pinned ends the run.
find_hephy() {
    hephy=hephy
    ! has hephy || return 0
    why='this runner has no hephy, and no release of it is pinned in the CI file'
    [ -n "${HEPHY_RELEASE:-}" ] || return 1
    case $(uname -s)-$(uname -m) in
    Linux-x86_64) machine=linux-amd64 ;;
    Linux-aarch64 | Linux-arm64) machine=linux-arm64 ;;
    *) machine=$(uname -s)-$(uname -m) ;;
    esac
    pin=$(printf '%s\n' "$HEPHY_RELEASE" | sed -n "s/^[[:space:]]*$machine  *//p" | sed -n 1p)
    why="no release of hephy for $machine is pinned in the CI file"
    [ -n "$pin" ] || return 1
    wanted=${pin%% *}
    url=${pin##* }
    is_digest "sha256:$wanted" || fail "HEPHY_RELEASE has '$pin' for $machine, which is no SHA-256 and URL"
    why="$url cannot be had: there is neither curl nor wget"
    has curl || has wget || return 1
    if ! download "$url" "$scratch/hephy.tar.gz" 2>"$scratch/log"; then
        why="$url cannot be had: $(sed -n '$p' "$scratch/log")"
        return 1
    fi
    found=$(sha256 "$scratch/hephy.tar.gz")
    [ "$found" = "$wanted" ] ||
        fail "$url has the SHA-256 $found, and the CI file pins $wanted; nothing of it was used"
    mkdir "$scratch/hephy"
    tar -xzf "$scratch/hephy.tar.gz" -C "$scratch/hephy" || fail "$url cannot be unpacked"
    for hephy in "$scratch"/hephy/*/bin/hephy; do :; done
    why="the hephy of $url does not run here: $("$hephy" --version 2>&1 | sed -n 1p)"
    "$hephy" --version >/dev/null 2>&1
}

# `auto` means the detection of the commit; where no hephy can be had, what it said when the files were made.
chosen_backend() {
    backend=${HEPHY_BACKEND:-auto}
    [ "$backend" = auto ] || return 0
    if find_hephy; then
        # What the commit says counts, and no words of this run.
        (unset HEPHY_BACKEND HEPHY_PLATFORMS && exec "$hephy" detect --json) >"$scratch/detected.json" ||
            fail 'hephy detect found no backend; name one as HEPHY_BACKEND'
        backend=$(detected backend)
        [ -n "$backend" ] || fail 'hephy detect found no backend; name one as HEPHY_BACKEND'
        [ -z "$(detected koMain)" ] || HEPHY_KO_MAIN=$(detected koMain)
        say "backend: $backend, detected in this commit"
    elif [ -n "${HEPHY_DETECTED:-}" ]; then
        backend=$HEPHY_DETECTED
        warn "backend: $backend, as detected when the CI files were made; $why"
    else
        fail "the backend is 'auto' and cannot be detected: $why; name one of kaniko, buildkit, ko, spin"
    fi
}

# The text of a key in what hephy has detected.
detected() { sed -n "s/^ *\"$1\" *: *\"\(.*\)\",*\$/\1/p" "$scratch/detected.json" | sed -n 1p; }

# Prints a platform in its one spelling; the names are those of Sources/BuildPlan/Configuration/Platform.swift.
platform() {
    case $1 in
    linux/amd64 | linux/amd64/v1) echo linux/amd64 ;;
    linux/arm64 | linux/arm64/v8) echo linux/arm64 ;;
    linux/arm | linux/arm/v7) echo linux/arm/v7 ;;
    wasi/wasm | wasip1/wasm | wasm32-wasi | wasm32-wasip1 | wasm32-wasip2) echo wasi/wasm ;;
    linux/amd64/v[234] | linux/arm/v[56] | linux/386 | linux/loong64 | linux/mips64le | linux/ppc64le) say "$1" ;;
    linux/riscv64 | linux/s390x | windows/amd64 | windows/arm64) say "$1" ;;
    *) fail "the platform '$1' is not known; linux/amd64 and linux/arm64 are examples of what is" ;;
    esac
}

# Why the backend has no use for a platform; nothing where it has.
refusal() {
    case $backend:$1 in
    spin:wasi/wasm) ;;
    spin:*) say 'a Spin application is built once, as wasi/wasm' ;;
    *:wasi/wasm) say "$backend builds no WebAssembly images" ;;
    kaniko:windows/* | ko:windows/*) say "$backend builds no Windows images" ;;
    esac
}

chosen_platforms() {
    platforms=
    named=$(items "${HEPHY_PLATFORMS:-}" ,)
    for word in $named; do
        found=$(platform "$word") || exit 1
        reason=$(refusal "$found")
        if [ -n "$reason" ]; then
            say "platform $found is skipped: $reason"
            continue
        fi
        case ,$platforms, in
        *",$found,"*) ;;
        *) platforms=${platforms:+$platforms,}$found ;;
        esac
    done
    if [ "$backend" = spin ]; then
        platforms=wasi/wasm
    elif [ -z "$named" ]; then
        platforms=linux/amd64,linux/arm64
    fi
    [ -n "$platforms" ] || fail "$backend has no use for any of the platforms $(printf '%s\n' "$named" | tr '\n' ' ')"
}

# A CI file has jobs for the platforms that it was made for; one that is asked for beside them would go missing.
check_jobs() {
    [ -n "${HEPHY_JOB_PLATFORMS:-}" ] || return 0
    for word in $(items "$platforms" ,); do
        case ,$HEPHY_JOB_PLATFORMS, in
        *",$word,"*) ;;
        *)
            ! switched_on HEPHY_READ_CONFIG false || fail "the CI file has no job for $word; hephy init renders one that has"
            fail "the CI file has no job for $word; add it to platforms in .hephy/build-config.yaml and run hephy sync"
            ;;
        esac
    done
}

# `[registry/]path` in lower case, without tag and digest.
check_image() {
    image=$(printf '%s\n' "${HEPHY_IMAGE:-}" | tr 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' 'abcdefghijklmnopqrstuvwxyz')
    if [ -z "$image" ]; then
        ! pushing || fail 'HEPHY_IMAGE is empty; name the image to push, such as ghcr.io/owner/name'
        return 0
    fi
    path=$image
    ! names_registry "$image" || path=${image#*/}
    part='[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*'
    if [ ${#image} -gt 255 ] || ! printf '%s\n' "$path" | grep -qxE "$part(/$part)*"; then
        fail "HEPHY_IMAGE is '$HEPHY_IMAGE', which is no image's name without tag and digest"
    fi
}

check_build_arguments() {
    printf '%s\n' "${HEPHY_BUILD_ARGS:-}" | while IFS= read -r line; do
        case $line in
        '' | [A-Za-z_]*=*) ;;
        *) fail "HEPHY_BUILD_ARGS has the line '$line', which is no NAME=VALUE" ;;
        esac
        case ${line%%=*} in
        *[!A-Za-z0-9_]*) fail "HEPHY_BUILD_ARGS has the name '${line%%=*}', which can only hold letters, digits and _" ;;
        esac
    done
}

check_files() {
    case $backend in
    kaniko | buildkit)
        check_path HEPHY_CONTEXT "$(context)"
        [ -d "$(context)" ] || fail "HEPHY_CONTEXT is '$(context)', which is no folder"
        check_path HEPHY_DOCKERFILE "$(dockerfile)"
        ;;
    ko)
        check_path HEPHY_KO_MAIN "${HEPHY_KO_MAIN:-.}"
        [ -f go.mod ] || [ -f "${HEPHY_KO_MAIN:-.}/go.mod" ] || fail 'ko builds Go modules and there is no go.mod'
        ;;
    spin) check_path HEPHY_SPIN_MANIFEST "${HEPHY_SPIN_MANIFEST:-spin.toml}" ;;
    esac
}

check_commit() {
    case ${HEPHY_SHA:-} in
    '' | *[!0-9a-f]*) fail "HEPHY_SHA is '${HEPHY_SHA:-}', which is no commit's id" ;;
    esac
    head=$(git rev-parse --verify --quiet HEAD 2>/dev/null) || return 0
    [ "$head" = "$HEPHY_SHA" ] || fail "this checkout is $head and not $HEPHY_SHA"
}

check_drift
check_commit
read_config
: "${HEPHY_IMAGE:=${HEPHY_DEFAULT_IMAGE:-}}"
chosen_backend
case $backend in
kaniko | buildkit | ko | spin) ;;
*) fail "the backend '$backend' is not known; there are kaniko, buildkit, ko and spin" ;;
esac
chosen_platforms
check_jobs
for name in HEPHY_CACHE HEPHY_SBOM HEPHY_PROVENANCE; do
    switched_on "$name" true || :
done
switched_on HEPHY_REGISTRY_INSECURE false || :
check_image
check_build_arguments
check_files
push=true
pushing || push=false

output backend "$backend"
output platforms "$platforms"
output image "$image"
output push "$push"
output ko_main "${HEPHY_KO_MAIN:-}"
output additional_tags "$(items "${HEPHY_ADDITIONAL_TAGS:-}" , | tr '\n' , | sed 's/,$//')"
say "backend: $backend"
say "platforms: $(printf '%s\n' "$platforms" | sed 's/,/, /g')"
say "image: ${image:-none}"
[ "$push" = true ] || say 'push: no, this run only builds'
