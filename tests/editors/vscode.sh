#!/usr/bin/env bash
# Checks, builds and packs the Visual Studio Code extension, and looks into the package.
. "$(dirname "$0")/common.sh"
export PATH=$state/node/node/bin:$PATH

# A copy beside the packages that were installed for it, so that the tree stays clean.
extension=$state/extension
rm -rf "$extension"/{src,bin,dist}
cp -R "$editors"/vscode/{src,package.json,package-lock.json,tsconfig.json,.vscodeignore,README.md,LICENSE} "$extension"
cd "$extension"

mkdir -p bin
strip -o bin/harden "$HARDEN" 2>/dev/null || cp "$HARDEN" bin/harden
npm run --silent package -- --no-git-tag-version >package.log 2>&1 || { cat package.log >&2; exit 1; }

npx --no-install esbuild src/find.ts --bundle --platform=node --format=cjs --log-level=warning --outfile=dist/find.cjs
node "$here/vscode/find.cjs" "$PWD/dist/find.cjs"

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
