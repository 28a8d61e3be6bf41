# Reads the plain forms of .hephy/build-config.yaml for a run that carries no rendered configuration.
#
# Prints `KEY VALUE` for each key that a run needs, lists with commas; or one line that says what it does not take, and
# ends with 1. What it takes means what hephy's own reader says (Sources/BuildPlan/Configuration), which also takes all
# the keys and forms that are refused here. Needs LC_ALL=C: characters are bytes.
function stop(what) {
    if (!stopped) print FILENAME ":" NR ": " what
    stopped = 1
    exit 1
}
function refuse(what) { stop(what " is not read by a run; `hephy init` renders a workflow that carries it") }
function form() { refuse("a form of YAML that is not plain") }
function wrong(text, what) { stop("\047" text "\047 is no " what) }

# Whether all bytes beyond ASCII are UTF-8 that YAML takes for text on one line.
function is_text(s) {
    gsub(/\302[\240-\277]|[\303-\337][\200-\277]/, "", s)
    gsub(/\342\200[\250\251]|\357\273\277|\357\277[\276\277]/, "\200", s)
    gsub(/\340[\240-\277][\200-\277]|\355[\200-\237][\200-\277]/, "", s)
    gsub(/[\341-\354\356\357][\200-\277][\200-\277]/, "", s)
    gsub(/\360[\220-\277][\200-\277][\200-\277]|\364[\200-\217][\200-\277][\200-\277]/, "", s)
    gsub(/[\361-\363][\200-\277][\200-\277][\200-\277]/, "", s)
    return s !~ /[\200-\377]/
}

# Splits a text that begins with a scalar of this pattern into `value` and `rest`.
function scalar(s, pattern) {
    quoted = s ~ /^["\047]/
    if (s ~ /^"/) {
        if (!match(s, /^"[^"\\]*"/)) form()
    } else if (s ~ /^\047/) {
        if (!match(s, /^\047[^\047]*\047/) || substr(s, RLENGTH + 1, 1) == "\047") form()
    } else if (s ~ /^-/ || !match(s, pattern)) form()
    value = quoted ? substr(s, 2, RLENGTH - 2) : substr(s, 1, RLENGTH)
    rest = substr(s, RLENGTH + 1)
    if (!quoted && (value ~ /^(~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/ || value ~ /:$/)) form()
}
function is_number(s) {
    return s ~ /^[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?$/ || s ~ /^0x[0-9a-fA-F]+$/ || s ~ /^0o[0-7]+$/
}
function is_end(s) { return s ~ /^ *$/ || s ~ /^ +#/ }

function check_image(s,    parts, n, i, first) {
    n = split(s, parts, "/")
    first = 1
    if (n > 1 && (parts[1] == "localhost" || parts[1] ~ /[.:]/)) {
        if (parts[1] !~ /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9][0-9]?[0-9]?[0-9]?[0-9]?)?$/)
            wrong(s, "image\047s name without tag and digest")
        first = 2
    }
    for (i = first; i <= n; i++)
        if (parts[i] !~ /^[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*$/) wrong(s, "image\047s name without tag and digest")
    if (n == 0 || length(s) > 255) wrong(s, "image\047s name without tag and digest")
}
function check_tag(s,    t, literal) {
    t = s
    literal = s
    while (match(t, /[$][{][A-Za-z0-9_]+[}]/)) {
        if (!(substr(t, RSTART + 2, RLENGTH - 3) in variables)) wrong(s, "tag: its variable is not known")
        t = substr(t, RSTART + RLENGTH)
    }
    gsub(/[$][{][A-Za-z0-9_]+[}]/, "", literal)
    if (s == "" || s ~ /^[.-]/ || literal !~ /^[A-Za-z0-9_.-]*$/ || length(literal) > 128) wrong(s, "tag")
}
function check_scalar() {
    if (key != "version" && !quoted && is_number(value)) wrong(value, key)
    if (key == "version" && (quoted || value != "1")) wrong(value, "version that this run knows")
    if (key == "build_backend" && value !~ /^(auto|kaniko|buildkit|ko|spin)$/) wrong(value, key)
    if (key == "ci_platform" && value !~ /^(auto|github|gitlab|gitea|forgejo|local)$/) wrong(value, key)
    if (key == "image") check_image(value)
    if (key == "upstream_repo" && (value !~ /^[A-Za-z0-9_.\/:@~+=%]+[A-Za-z0-9_.\/:@~+=%-]*$/ ||
        value ~ /:\/\/[^\/]*:[^\/]*@/)) stop("what \047upstream_repo\047 names is no repository, or holds a password")
}

function begin_key(name) {
    end_key()
    if (!(name in known)) refuse("\047" name "\047")
    if (name in seen) stop("\047" name "\047 stands there twice")
    seen[name] = 1
    key = name
    items = 0
    list = ""
    indent = -1
}
function end_key() {
    if (in_flow) form()
    if (key != "" && known[key] == "list" && items == 0 && !closed) stop("\047" key "\047 has no value")
    if (key != "" && known[key] == "list") print key " " list
    key = ""
    closed = 0
}
function add() {
    if (key == "additional_tags") check_tag(value)
    else if (value !~ /^[a-z0-9]+(\/[a-z0-9]+)*(-[a-z0-9]+)*$/) wrong(value, "platform")
    list = list (items++ ? "," : "") value
    if (++total > 500) stop("more items than a run takes")
}

# One line of a list in brackets, or what is left of it.
function flow(s,    start) {
    start = 1
    for (;;) {
        if (s ~ /^ /) { sub(/^ +/, "", s); start = 1 }
        if (s == "" || s ~ /^#/ && start) return
        start = 0
        if (s ~ /^\]/) {
            if (!is_end(substr(s, 2))) form()
            in_flow = 0
            closed = 1
            return
        }
        if (wants_item) {
            scalar(s, "^([A-Za-z0-9_./-]|[$][{][A-Za-z0-9_]+[}])+")
            add()
            s = rest
            wants_item = 0
        } else if (s ~ /^,/) {
            s = substr(s, 2)
            wants_item = 1
        } else form()
    }
}

BEGIN {
    known["version"] = known["build_backend"] = known["image"] = known["ci_platform"] = known["upstream_repo"] = "scalar"
    known["platforms"] = known["additional_tags"] = "list"
    n = split("GITHUB_REF_NAME GITHUB_REF_TYPE GITHUB_SHA GITHUB_RUN_NUMBER CI_COMMIT_REF_NAME CI_COMMIT_REF_SLUG " \
        "CI_COMMIT_TAG CI_COMMIT_BRANCH CI_COMMIT_SHA CI_COMMIT_SHORT_SHA CI_PIPELINE_IID", names, " ")
    for (i = 1; i <= n; i++) variables[names[i]] = 1
    in_block = "^([A-Za-z0-9_./:@+=%~-]|[$][{][A-Za-z0-9_]+[}])+"
}
{
    line = $0
    sub(/\r$/, "", line)
    if (line ~ /\r/ || !is_text(line)) form()
    if (in_flow) {
        if (line !~ /^( |\]|$)/) form()
        flow(line)
        next
    }
    if (line ~ /^ *(#|$)/) next
    if (line ~ /^--- *$/ && !begun) { begun = 1; next }
    begun = 1
    if (line ~ /^ *- / && key != "" && known[key] == "list" && !closed) {
        match(line, /^ */)
        if (indent < 0) indent = RLENGTH
        if (indent != RLENGTH) form()
        sub(/^ *- +/, "", line)
        scalar(line, in_block)
        if (!is_end(rest)) form()
        add()
        next
    }
    if (!match(line, /^[A-Za-z0-9_.-]+:/) || substr(line, RLENGTH + 1, 1) !~ /^ ?$/) form()
    begin_key(substr(line, 1, RLENGTH - 1))
    line = substr(line, RLENGTH + 2)
    sub(/^ +/, "", line)
    if (line == "" || line ~ /^#/) {
        if (known[key] != "list") form()
    } else if (known[key] == "list") {
        if (line !~ /^\[/) wrong(line, "list")
        in_flow = wants_item = 1
        flow(substr(line, 2))
    } else {
        scalar(line, in_block)
        if (!is_end(rest)) form()
        check_scalar()
        print key " " value
    }
}
END { if (!stopped) end_key() }
