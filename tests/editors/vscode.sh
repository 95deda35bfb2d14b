#!/usr/bin/env bash
# Visual Studio Code: checks, builds and packs the extension, looks into the package, installs it, and then drives the editor
# in a browser by mouse and keyboard, and from within by its own interface. Screenshots are kept in target/editors.
. "$(dirname "$0")/common.sh"
export PATH=$state/node/node/bin:$PATH

# A copy beside the packages that were installed for it, so that the tree stays clean.
extension=$state/extension
rm -rf "$extension"/{src,walkthrough,bin,dist}
cp -R "$editors"/vscode/{src,walkthrough,pack.mjs,package.json,package-lock.json,tsconfig.json,.vscodeignore,README.md,CHANGELOG.md,LICENSE} "$extension"
cd "$extension"

strip -o "$work/program" "$HARDEN" 2>/dev/null || cp "$HARDEN" "$work/program"
target=$(node -p 'process.platform + "-" + process.arch')
python3 "$here/vscode/look.py" programs "$work"
node pack.mjs "$target=$work/program" "win32-arm64=$work/win32-arm64" "darwin-arm64=$work/darwin-arm64" >"$work/pack.log" 2>&1 ||
  { cat "$work/pack.log" >&2; fail "the extension cannot be packed"; }
if node pack.mjs "darwin-x64=$work/program" 2>"$work/refused"; then fail "a program of another platform was packed"; fi
grep -q 'is no program for darwin-x64' "$work/refused" || fail "packing failed otherwise: $(cat "$work/refused")"
python3 "$here/vscode/look.py" packages dist

esbuild=node_modules/esbuild/bin/esbuild
"$esbuild" src/find.ts --bundle --platform=node --format=cjs --log-level=warning --outfile=dist/find.cjs
node "$here/vscode/find.cjs" "$PWD/dist/find.cjs"

for run in browser host; do
  new_project
  PROJECT=$project FIXED=$fixed STATE=$state VSIX=$extension/dist/harden-$target.vsix timeout 300 node "$here/vscode/$run.mjs"
done
