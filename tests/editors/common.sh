# Sourced by the scripts that drive an editor. They get HARDEN, the binary, and make here:
#   work      a folder of their own, gone at the end; $work/bin/harden is the binary, and the first on PATH
#   project   a copy of the sample, as a repository of its own
#   fixed     the same after `harden fix` of the files that are saved: what saving must come to, said by another face of
#             the program. Of these only, since a fix of another file may change them as well
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
state=$root/target/editors
editors=$root/editors
: "${HARDEN:?names the binary}"

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
project=$work/project
fixed=$work/fixed
mkdir "$work/bin" "$work/home"
ln -s "$HARDEN" "$work/bin/harden"
export PATH=$work/bin:$PATH
user_home=$HOME
export HOME=$work/home XDG_CONFIG_HOME=$work/home/config XDG_DATA_HOME=$work/home/data
export XDG_STATE_HOME=$work/home/state XDG_CACHE_HOME=$work/home/cache

new_project() {
  rm -rf "$project"
  cp -R "$root/fixtures/projects/hypercode" "$project"
  mkdir "$project/.git"
}

new_project
cp -R "$project" "$fixed"
(cd "$fixed" && harden fix src/hypercode-core/{app/simulator.py,app/scheduler.py,pytest.ini}) >/dev/null ||
  [[ $? == 1 ]] || fail "harden fix does not run"

# What an editor saved must be what `harden fix` makes of the file.
same_as_fixed() {
  local file
  for file in "$@"; do
    cmp -s "$root/fixtures/projects/hypercode/$file" "$fixed/$file" && fail "harden fix changes nothing in $file"
    diff -u --label "$file by harden fix" --label "$file as saved" "$fixed/$file" "$project/$file" || fail "$file was not saved as fixed"
  done
}
