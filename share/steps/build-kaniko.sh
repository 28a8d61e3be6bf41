#!/bin/sh
# Builds a Dockerfile for one platform with kaniko and pushes it; out: digest.
#
# kaniko unpacks images over `/`: it runs inside its own image alone, which this step starts by docker, or is in already.
executor=${HEPHY_KANIKO_EXECUTOR:-/kaniko/executor}
# While it builds kaniko empties every other folder of its container.
[ ! -x "$executor" ] || export TMPDIR="${executor%/*}"
# shellcheck source=share/steps/prelude.sh
. "${HEPHY_STEPS:?}/prelude.sh"

platform=${HEPHY_PLATFORM:?}
repository=${HEPHY_IMAGE:?}

# Prints `KIND:LINE WHAT` for each construct of a Dockerfile that wants BuildKit, as Sources/BuildPlan/Detection finds
# them: kaniko passes over most of these without a word. It can only stop a build; who chooses the backend is hephy.
needs() {
    tr '\000' '?' <"$1" | awk -v contexts="${HEPHY_BUILD_CONTEXTS:-}" '
    function left(s) {
        while (s != "") {
            if (match(s, /^[ \t\n\013\014\r]+/)) s = substr(s, RLENGTH + 1)
            else if (match(s, /^\302[\205\240]/)) s = substr(s, 3)
            else if (match(s, /^(\341\232\200|\342\200[\200-\212\250\251\257]|\342\201\237|\343\200\200)/)) s = substr(s, 4)
            else break
        }
        return s
    }
    function trim(s) { s = left(s); sub(/[ \t\n\013\014\r]+$/, "", s); return s }
    function need(kind, at, what) { if (count++ < 100) print kind ":" at " " what }

    # `# name = value` at the top of the file.
    function directives(marker,    i, s, name, value, found) {
        for (i = 1; i <= 16 && i <= n; i++) {
            s = left(text[i])
            if (i == 1 && substr(s, 1, 2) == "#!") continue
            if (substr(s, 1, length(marker)) != marker) break
            s = trim(substr(s, length(marker) + 1))
            if (!index(s, "=")) break
            name = tolower(trim(substr(s, 1, index(s, "=") - 1)))
            value = trim(substr(s, index(s, "=") + 1))
            if (value == "" || name !~ /^(syntax|escape|check)$/ || (name in known)) break
            known[name] = value
            place[name] = i
            found = 1
        }
        return found
    }
    function released(name) {
        sub(/ .*$/, "", name)
        name = tolower(name)
        sub(/@.*$/, "", name)
        sub(/^(docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, "", name)
        return name ~ /^docker\/dockerfile(:latest|:[0-9]+(\.[0-9]+)*)?$/
    }

    # Sets `joined` and `goes_on`: a line without the character that continues it.
    function continuation(s,    rest) {
        rest = s
        sub(/[ \t]+$/, "", rest)
        goes_on = 0
        joined = s
        if (substr(rest, length(rest)) != escape) return
        rest = substr(rest, 1, length(rest) - 1)
        if (substr(rest, length(rest)) == escape) return
        joined = rest
        goes_on = 1
    }
    # Sets `line` and `number` to the next instruction; 0 at the end.
    function next_line(    s) {
        while (at < n) {
            s = left(text[++at])
            if (substr(s, 1, 1) == "#") continue
            continuation(s)
            if (joined == "" && !goes_on) continue
            line = joined
            number = at
            while (goes_on && at < n) {
                s = text[++at]
                if (left(s) == "" || substr(left(s), 1, 1) == "#") continue
                continuation(s)
                line = line joined
            }
            return 1
        }
        return 0
    }

    # Sets `word` and `rest`: the first word, quotes and backslashes taken off.
    function unquoted(s,    i, c, quote) {
        word = ""
        quote = ""
        for (i = 1; i <= length(s); i++) {
            c = substr(s, i, 1)
            if (quote != "" && c == quote) quote = ""
            else if (quote == "" && c ~ /[ \t\n\013\014\r]/) break
            else if (quote == "" && (c == "\047" || c == "\"")) quote = c
            else if (c == "\\" && i < length(s)) word = word substr(s, ++i, 1)
            else word = word c
        }
        rest = substr(s, i)
    }
    # Sets `instruction`, `flag[1..flags]` and `arguments`.
    function parse(s) {
        flags = 0
        rest = trim(s)
        do {
            if (!match(rest, /^[^ \t\n\013\014\r]+/)) return 0
            instruction = tolower(substr(rest, 1, RLENGTH))
            rest = left(substr(rest, RLENGTH + 1))
            flags = 0
            while (substr(rest, 1, 2) == "--") {
                unquoted(rest)
                rest = left(rest)
                if (word == "--") break
                flag[++flags] = word
            }
            rest = trim(rest)
        } while (instruction == "onbuild")
        arguments = rest
        return 1
    }
    function flag_name(f) { sub(/=.*$/, "", f); return tolower(f) }
    function flag_value(f) { return index(f, "=") ? substr(f, index(f, "=") + 1) : "" }

    # Sets `item[1..items]` to the strings of a JSON array; 0 when the text is none.
    function json(s,    i, c, value, quoted, expected) {
        items = 0
        if (s !~ /^\[.*\]$/) return 0
        s = substr(s, 2, length(s) - 2)
        gsub(/^[ \t]+/, "", s)
        sub(/[ \t]+$/, "", s)
        if (s == "") return 1
        while (1) {
            if (substr(s, 1, 1) != "\"") return 0
            value = ""
            for (i = 2; i <= length(s); i++) {
                c = substr(s, i, 1)
                if (c == "\"") break
                if (c == "\\") {
                    c = substr(s, ++i, 1)
                    if (c !~ /["\\\/bfnrtu]/) return 0
                }
                value = value c
            }
            if (i > length(s)) return 0
            item[++items] = value
            s = substr(s, i + 1)
            sub(/^[ \t]+/, "", s)
            if (s == "") return 1
            if (substr(s, 1, 1) != ",") return 0
            s = substr(s, 2)
            sub(/^[ \t]+/, "", s)
        }
    }

    # Values of ARG in place of `$NAME`, `${NAME}` and `${NAME:-default}`.
    function expanded(s,    out, name, modifier, value, stop) {
        out = ""
        while (match(s, /\$(\{[A-Za-z0-9_]+|[A-Za-z0-9_]+)/) && length(out) < 4096) {
            out = out substr(s, 1, RSTART - 1)
            name = substr(s, RSTART + 1, RLENGTH - 1)
            value = substr(s, RSTART, RLENGTH)
            s = substr(s, RSTART + RLENGTH)
            if (substr(name, 1, 1) != "{") {
                out = out ((name in values) ? values[name] : value)
                continue
            }
            name = substr(name, 2)
            stop = index(s, "}")
            modifier = substr(s, 1, stop - 1)
            if (!stop || (modifier != "" && modifier !~ /^:?-/) || (modifier == "" && !(name in values))) {
                out = out value
                continue
            }
            s = substr(s, stop + 1)
            if ((name in values) && (modifier == "" || values[name] != "")) out = out values[name]
            else { sub(/^:?-/, "", modifier); out = out modifier }
        }
        return substr(out s, 1, 4096)
    }
    function declare(s,    list, count, i, name) {
        count = split(s, list, /[ \t\n\013\014\r]+/)
        for (i = 1; i <= count; i++) {
            if (!index(list[i], "=")) continue
            name = substr(list[i], 1, index(list[i], "=") - 1)
            s = substr(list[i], index(list[i], "=") + 1)
            gsub(/["\047]/, "", s)
            values[name] = expanded(s)
        }
    }

    function is_git(s) {
        sub(/[#?].*$/, "", s)
        s = tolower(s)
        if (s ~ /^(git|ssh):\/\//) return 1
        if (s ~ /^https?:\/\// || s ~ /^\$/) return s ~ /\.git$/
        return s ~ /^[^\/:@]+[^\/:]*@[^\/:]*:/
    }
    function context(name, where,    lower) {
        lower = tolower(name)
        if (!(lower in declared) || (lower in stage)) return
        if (where != "FROM" && lower ~ /^[0-9]+$/ && lower + 0 < stages) return
        need("named-context", number, where " of the build context " name)
    }
    function note_from(    list, count, base, i) {
        count = split(arguments, list, /[ \t\n\013\014\r]+/)
        if (arguments == "") return
        base = expanded(list[1])
        for (i = 1; i <= flags; i++)
            if (flag_name(flag[i]) == "--platform" && tolower(expanded(flag_value(flag[i]))) ~ /^windows/)
                need("windows", number, "FROM " flag[i])
        if (tolower(base) ~ /mcr\.microsoft\.com\/windows|windowsservercore|nanoserver/)
            need("windows", number, "the Windows image " base)
        context(base, "FROM")
        stages++
        if (count >= 3 && tolower(list[2]) == "as") stage[tolower(list[3])] = 1
    }
    function note_copy(    i, name, upper, count, list) {
        upper = toupper(instruction)
        for (i = 1; i <= flags; i++) {
            name = flag_name(flag[i])
            if (tolower(flag_value(flag[i])) == "false" || name == "--chown" || name == "--chmod" || name == "--link") continue
            if (name == "--unpack" && instruction == "add") continue
            if (name == "--from" && instruction == "copy") context(expanded(flag_value(flag[i])), "COPY --from")
            else need("copy-flag", number, upper " " name)
        }
        if (instruction != "add") return
        if (json(arguments)) { for (i = 1; i < items; i++) if (is_git(expanded(item[i]))) add_git(item[i]) }
        else {
            count = split(arguments, list, /[ \t\n\013\014\r]+/)
            for (i = 1; i < count; i++) if (is_git(expanded(list[i]))) add_git(list[i])
        }
    }
    function add_git(source) { need("add-git", number, "ADD of the git repository " source) }

    # The words of a shell line that begin a heredoc: `heredoc[1..heredocs]`; white space after `<<` stays in its word.
    function find_heredocs(s,    i, c, open, begin, quote, name, plain) {
        heredocs = 0
        if (!index(s, "<<")) return
        begin = 0
        s = s " "
        for (i = 1; i <= length(s); i++) {
            c = substr(s, i, 1)
            if (c ~ /[ \t\n\013\014\r]/) {
                if (begin) heredoc_word(substr(s, begin, i - begin))
                begin = 0
                continue
            }
            if (!begin) begin = i
            if (c == "\\") i++
            else if (c == "\047" || c == "\"") {
                quote = c
                for (i++; i <= length(s) && substr(s, i, 1) != quote; i++)
                    if (quote == "\"" && substr(s, i, 1) == "\\") i++
                if (i > length(s)) { heredocs = 0; return }
            } else if (c == "<" && substr(s, i + 1, 1) == "<") {
                i++
                while (i < length(s) - 1 && substr(s, i + 1, 1) ~ /[ \t\n\013\014\r]/) i++
            }
        }
        if (begin) heredoc_word(substr(s, begin))
    }
    function heredoc_word(w,    tabs, spaced, i, c, quote, plain) {
        if (!match(w, /^[0-9]*<</)) return
        w = substr(w, RLENGTH + 1)
        tabs = substr(w, 1, 1) == "-"
        if (tabs) w = substr(w, 2)
        spaced = w ~ /^[ \t\n\013\014\r]/
        sub(/^[ \t\n\013\014\r]+/, "", w)
        sub(/[ \t\n\013\014\r]+$/, "", w)
        if (w == "" || index(w, "<")) return
        plain = ""
        quote = ""
        for (i = 1; i <= length(w); i++) {
            c = substr(w, i, 1)
            if (quote != "" && c == quote) quote = ""
            else if (quote == "" && (c == "\047" || c == "\"")) quote = c
            else if (c == "\\" && quote != "\047" && i < length(w)) plain = plain substr(w, ++i, 1)
            else plain = plain c
        }
        heredoc[++heredocs] = plain
        drops_tabs[heredocs] = tabs
        is_spaced[heredocs] = spaced
    }
    # Passes over the bodies of a line; 0 when the rest of the file cannot be told from a body.
    function skip_heredocs(    i, j, s, ended) {
        find_heredocs(line)
        for (i = 1; i <= heredocs; i++) {
            ended = 0
            for (j = at + 1; j <= n; j++) {
                s = text[j]
                if (drops_tabs[i]) sub(/^\t+/, "", s)
                if (s == heredoc[i]) { ended = 1; break }
            }
            if (!ended && is_spaced[i] && shifts++ < 16) return 1
            need("heredoc", number, toupper(instruction) " with the heredoc " heredoc[i])
            if (!ended) return 0
            at = j
        }
        return 1
    }

    { sub(/\r+$/, ""); text[++n] = $0 }
    END {
        sub(/^\357\273\277/, "", text[1])
        escape = "\\"
        if (directives("#")) {
            if (known["escape"] == "`") escape = "`"
            if (("syntax" in place) && !released(known["syntax"])) need("syntax", place["syntax"], "the frontend " known["syntax"])
        } else if (directives("//") && ("syntax" in place))
            need("syntax", place["syntax"], "the frontend " known["syntax"])
        total = split(tolower(contexts), names, /[, \n]+/)
        for (i = 1; i <= total; i++) if (names[i] != "") declared[names[i]] = 1
        while (count < 100 && next_line()) {
            if (!parse(line)) continue
            if (instruction == "from") note_from()
            else if (instruction == "arg") declare(arguments)
            else if (instruction == "run") { for (i = 1; i <= flags; i++) need("run-flag", number, "RUN " flag_name(flag[i])) }
            else if (instruction == "copy" || instruction == "add") note_copy()
            if (instruction ~ /^(run|copy|add)$/ && !json(arguments) && !skip_heredocs()) break
        }
    }'
}

guard() {
    needs "$(dockerfile)" >"$scratch/needs" || fail "$(dockerfile) cannot be looked through"
    [ -s "$scratch/needs" ] || return 0
    while read -r place what; do
        warn "$(dockerfile):${place##*:}: $what [${place%%:*}]"
    done <"$scratch/needs"
    fail "kaniko does not build this right; set build_backend: buildkit in .hephy/build-config.yaml, or HEPHY_BACKEND"
}

# Layers are kept beside the image; Docker Hub has no repositories inside a repository.
cache_repository() {
    case $(registry_of "$repository") in
    docker.io | index.docker.io) printf '%s\n' "$repository" ;;
    *) printf '%s\n' "$repository/cache" ;;
    esac
}

# Runs the executor on the checkout, which it sees as $root, with $kept as the folder of what it hands back. It is this
# machine's own whatever the platform is: only what the Dockerfile runs may have to be emulated.
kaniko_in_docker() {
    set -- "${HEPHY_KANIKO_IMAGE:-ghcr.io/osscontainertools/kaniko:v1.28.3}" "$@"
    [ ! -f "${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json" ] ||
        set -- --volume "${DOCKER_CONFIG:-${HOME:-}/.docker}/config.json:/kaniko/.docker/config.json:ro" "$@"
    case $repository in
    localhost:* | 127.*) set -- --network host "$@" ;;
    esac
    docker run --rm --volume "$PWD:/workspace:ro" --volume "$scratch/kept:/hephy" "$@"
}

guard
mkdir "$scratch/kept"
if [ -x "$executor" ]; then
    root=$PWD kept=$scratch/kept
    set -- "$executor"
elif has docker && docker version >/dev/null 2>&1; then
    root=/workspace kept=/hephy
    set -- kaniko_in_docker
else
    fail 'kaniko runs inside its own image, and there is no docker here to start it'
fi
path=$(context)
set -- "$@" --context "dir://$root/${path#./}" --dockerfile "$root/$(dockerfile | sed 's,^\(\./\)*,,')" \
    --custom-platform "$platform" --digest-file "$kept/digest" --log-format text
if pushing; then
    login
    set -- "$@" --destination "$repository:$(commit_tag)-$(dashed "$platform")" --push-retry 3
    ! switched_on HEPHY_CACHE true || set -- "$@" --cache=true --cache-repo "$(cache_repository)"
else
    set -- "$@" --no-push
fi
! insecure || set -- "$@" --insecure-registry "$(registry_of "$repository")"
to_registry kaniko with_each "$(annotations)" --label '' with_each "$(annotations)" --annotation '' \
    with_each "${HEPHY_BUILD_ARGS:-}" --build-arg '' "$@"
digest=
[ ! -f "$scratch/kept/digest" ] || digest=$(cat "$scratch/kept/digest")
if pushing; then
    is_digest "$digest" || fail 'kaniko told no digest of what it pushed'
    say "pushed $repository@$digest for $platform"
else
    say "built for $platform, and kept nothing"
fi
output digest "$digest"
