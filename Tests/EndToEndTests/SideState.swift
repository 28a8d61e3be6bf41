/// The script that tells everything of all repositories below the folder that it runs in.
///
/// That is refs, objects, configuration, what was fetched last, kinds of packs, and reflogs. It wants a function `quiet`
/// that is git.
enum SideState {
    static let script = """
        find . -type d -name objects -prune | sort | while read -r found; do
            dir=${found%/objects}
            [ -f "$dir/HEAD" ] || continue
            echo "--- $dir"
            quiet --git-dir="$dir" for-each-ref --format='%(objectname) %(refname) %(symref)'
            quiet --git-dir="$dir" cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)'
            for file in HEAD FETCH_HEAD shallow config info/sparse-checkout objects/info/alternates; do
                if [ -f "$dir/$file" ]; then echo "-- $file"; grep -v 'vcs = hephy' "$dir/$file"; fi
            done
            find "$dir/objects/pack" -type f | sed 's/.*[.]/pack ./' | sort | uniq -c
            [ ! -d "$dir/logs" ] || find "$dir/logs" -type f | sort | xargs -r tail -n +1
        done

        """
}
