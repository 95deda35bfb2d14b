#!/usr/bin/env bash
# The configuration that users copy must at least be read by a parser, and name the command that the binary has.
set -euo pipefail
editors=$(cd "$(dirname "$0")/../../editors" && pwd)

python3 - "$editors/helix/languages.toml" <<'PY'
import sys, tomllib

with open(sys.argv[1], "rb") as file:
    config = tomllib.load(file)
server = config["language-server"]["harden"]
assert [server["command"], *server["args"]] == ["harden", "server"], server
for language in config["language"]:
    assert language["language-servers"][0] == "harden", language
print("helix/languages.toml is read")
PY
