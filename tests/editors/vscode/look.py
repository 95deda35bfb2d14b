"""Looks into the packed extensions, or makes the heads of programs for other platforms.

Arguments: `programs FOLDER` or `packages FOLDER`.
"""

import json
import struct
import sys
import zipfile
from pathlib import Path


def programs(folder: Path) -> None:
    portable = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)
    (folder / "win32-arm64").write_bytes(portable.ljust(0x80, b"\0") + b"PE\0\0" + struct.pack("<H", 0xAA64).ljust(64, b"\0"))
    (folder / "darwin-arm64").write_bytes(struct.pack("<II", 0xFEEDFACF, 0x0100000C).ljust(64, b"\0"))


def packages(folder: Path) -> None:
    for path in sorted(folder.glob("*.vsix")):
        target = path.stem.removeprefix("harden-")
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            manifest = json.loads(package.read("extension/package.json"))
            program = package.getinfo("extension/bin/harden" + (".exe" if target.startswith("win32") else ""))
            assert program.external_attr >> 16 & 0o111, f"{path}: the program cannot be run"
            assert f'TargetPlatform="{target}"'.encode() in package.read("extension.vsixmanifest"), path
            wanted = {"extension/LICENSE.txt", "extension/readme.md", "extension/changelog.md"}
            steps = [step for one in manifest["contributes"]["walkthroughs"] for step in one["steps"]]
            wanted |= {"extension/" + step["media"]["markdown"] for step in steps}
            main = "extension/" + manifest["main"].removeprefix("./")
            assert names >= wanted | {main}, f"{path} lacks {wanted | {main} - names}"
            assert b"codeAction" in package.read(main), "the language client is not bundled"
            assert sum(name.startswith("extension/bin/") for name in names) == 1, f"{path} has more than one program"
            strays = [name for name in names if "node_modules" in name or name.endswith((".ts", ".mjs", ".lock", "lock.json"))]
            assert not strays, f"strays in {path}: {strays}"
            size = sum(one.file_size for one in package.infolist())
            print(f"{path.name}: {len(names)} files, {size / 2**20:.1f} MiB unpacked")
        look_at_manifest(manifest)


def look_at_manifest(manifest: dict) -> None:
    assert "*" not in manifest["activationEvents"] and "onLanguage:yaml" not in manifest["activationEvents"]
    settings = manifest["contributes"]["configuration"]["properties"]
    assert all(name.startswith("harden.") for name in settings)
    # What the user has not said must not speak against the project's own configuration.
    shared = [name for name in settings if name.startswith(("harden.overlap.", "harden.diagnostics."))]
    assert shared and all(settings[name]["default"] is None for name in shared)
    trust = manifest["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited" and {"harden.path", "harden.lookup"} <= set(trust["restrictedConfigurations"])
    commands = {command["command"] for command in manifest["contributes"]["commands"]}
    assert {entry["command"] for entry in manifest["contributes"]["menus"]["commandPalette"]} <= commands


if __name__ == "__main__":
    {"programs": programs, "packages": packages}[sys.argv[1]](Path(sys.argv[2]))
