#!/usr/bin/env bash
# Visual Studio Code: checks, builds and packs the extension, looks into the package, installs it, and then drives the editor
# in a browser by mouse and keyboard, and from within by its own interface. Screenshots are kept in target/editors.
. "$(dirname "$0")/common.sh"
. "$here/vscode/pack.sh"

"$state/protocol/bin/python" "$here/vscode/look.py" programs "$work"
pack "$target=$work/program" "win32-arm64=$work/win32-arm64" "darwin-arm64=$work/darwin-arm64"
if node pack.mjs "darwin-x64=$work/program" 2>"$work/refused"; then fail "a program of another platform was packed"; fi
grep -q 'is no program for darwin-x64' "$work/refused" || fail "packing failed otherwise: $(cat "$work/refused")"
"$state/protocol/bin/python" "$here/vscode/look.py" packages dist

esbuild=node_modules/esbuild/bin/esbuild
"$esbuild" src/find.ts --bundle --platform=node --format=cjs --log-level=warning --outfile=dist/find.cjs
node "$here/vscode/find.cjs" "$PWD/dist/find.cjs"

# Both at once, since they wait more than they work; each has a project of its own.
drive() {
  cp -R "$project" "$work/$1"
  PROJECT=$work/$1 FIXED=$fixed STATE=$state VSIX=$vsix timeout 400 node "$here/vscode/$1.mjs"
}
drive browser >"$work/browser.log" 2>&1 &
browser=$!
host=0
drive host || host=$?
wait "$browser" || { cat "$work/browser.log" >&2; fail "the editor could not be driven in the browser"; }
cat "$work/browser.log"
[[ $host == 0 ]] || fail "the suite within the editor has failed"
