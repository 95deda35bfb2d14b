"""Reads the configuration of editors that are not driven, and starts the server by each command that stands in it.

Arguments: the folder of the editors, and what Kakoune says of its servers.
"""

import json
import re
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

EDITORS, KAKOUNE = map(Path, sys.argv[1:])


def helix() -> list[str]:
    config = tomllib.loads((EDITORS / "helix/languages.toml").read_text())
    server = config["language-server"]["harden"]
    for language in config["language"]:
        assert language["language-servers"][0] == "harden", language
    return [server["command"], *server["args"]]


def coc() -> list[str]:
    server = json.loads((EDITORS / "vim/coc-settings.json").read_text())["languageserver"]["harden"]
    assert "yaml" not in server["filetypes"]
    return [server["command"], *server["args"]]


def sublime() -> list[str]:
    # JSON with comments and with commas at the end.
    text = re.sub(r"^\s*//.*$", "", (EDITORS / "sublime/LSP.sublime-settings").read_text(), flags=re.M)
    settings = json.loads(re.sub(r",(\s*[}\]])", r"\1", text))
    return settings["clients"]["harden"]["command"]


def kakoune() -> list[str]:
    server = tomllib.loads(KAKOUNE.read_text())["harden"]
    return [server["command"], *server["args"]]


def zed() -> list[str]:
    extension = tomllib.loads((EDITORS / "zed/extension.toml").read_text())
    tomllib.loads((EDITORS / "zed/Cargo.toml").read_text())
    server = extension["language_servers"]["harden"]
    assert "YAML" not in server["languages"] and set(server["language_ids"]) <= set(server["languages"])
    source = (EDITORS / "zed/src/lib.rs").read_text()
    return [re.search(r'which\("(\w+)"\)', source)[1], re.search(r'vec!\["(\w+)"', source)[1]]


def message(content: dict) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def starts(command: list[str]) -> None:
    """The command is the server's: it answers, and ends when it is told to."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as server:
        stop = threading.Timer(30, server.kill)
        stop.start()

        def tell(method: str, **rest) -> None:
            server.stdin.write(message({"method": method, **rest}))

        def ask(method: str, **rest) -> dict:
            tell(method, id=method, **rest)
            while True:
                length = 0
                while line := server.stdout.readline().strip():
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                assert length, f"{command} ended instead of answering {method}"
                body = b""
                while len(body) < length:
                    body += server.stdout.read(length - len(body))
                answer = json.loads(body)
                if answer.get("id") == method:
                    return answer

        answer = ask("initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
        assert answer["result"]["capabilities"]["codeActionProvider"], answer
        tell("initialized", params={})
        assert ask("shutdown").get("result", "") is None
        tell("exit")
        assert server.wait() == 0
        stop.cancel()


# Many clients add this to any command.
starts(["harden", "server", "--stdio"])
for editor in [helix, coc, sublime, kakoune, zed]:
    command = editor()
    starts(command)
    print(f"{editor.__name__}: read, and `{' '.join(command)}` starts the server")
