# Sourced after common.sh: checks, builds and packs the extension with the program, which makes $vsix.
export PATH=$state/node/node/bin:$PATH

# A copy beside the packages that were installed for it, so that the tree stays clean.
extension=$state/extension
rm -rf "$extension"/{src,walkthrough,bin,dist}
cp -R "$editors"/vscode/{src,walkthrough,pack.mjs,package.json,package-lock.json,tsconfig.json,.vscodeignore,README.md,CHANGELOG.md,LICENSE} "$extension"
cd "$extension"

strip -o "$work/program" "$HARDEN" 2>/dev/null || cp "$HARDEN" "$work/program"
target=$(node -p 'process.platform + "-" + process.arch')
vsix=$extension/dist/harden-$target.vsix

pack() {
  node pack.mjs "$@" >"$work/pack.log" 2>&1 || { cat "$work/pack.log" >&2; fail "the extension cannot be packed"; }
}
