"""Diagnostics, quick fixes, fixing all and hover, for each editor whose capabilities pytest-lsp has recorded.

PROJECT is a copy of the sample, FIXED the same after `harden fix`.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
import pytest_lsp
from client import Document, make_client
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

CLIENTS = [
    "emacs@v29.1",
    "neovim@v0.6.1",
    "neovim@v0.7.0",
    "neovim@v0.8.0",
    "neovim@v0.9.1",
    "neovim@v0.10.0",
    "neovim@v0.11.0",
    "visual-studio-code@v1.65.2",
]
SIMULATOR = "src/hypercode-core/app/simulator.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(os.environ["PROJECT"], tmp_path / "project"))


@pytest_lsp.fixture(params=CLIENTS, config=ClientServerConfig(["harden", "server"], client_factory=make_client))
async def client(lsp_client: LanguageClient, request, project: Path):
    folder = types.WorkspaceFolder(uri=project.as_uri(), name="project")
    lsp_client.answer = await lsp_client.initialize_session(
        types.InitializeParams(capabilities=client_capabilities(request.param), workspace_folders=[folder])
    )
    yield
    await lsp_client.shutdown_session()
    assert lsp_client.error is None
    assert lsp_client.undeclared == []


async def test_each_quick_fix_removes_its_finding(client: LanguageClient, project: Path):
    document = Document(client, client.answer, project / "docker-compose.yml", "dockercompose")
    original = document.text
    # What rests on other files may come later.
    found = await document.diagnostics(lambda all: {"compose/published-port", "compose/source-mount"} <= {one.code for one in all})
    for diagnostic in found:
        assert diagnostic.source == "harden" and diagnostic.message and diagnostic.code, diagnostic
        for action in await document.actions(diagnostic.range, "quickfix"):
            if not action.edit or not action.is_preferred:
                continue
            # Another finding may lie at the same place.
            if diagnostic.message not in [one.message for one in action.diagnostics or []]:
                continue
            others = document.change(action.edit)
            assert all(edits for edits in others.values())
            # Another may come to light, and the same may be said of another place.
            await document.diagnostics(lambda all: said(all)[diagnostic.message] < said(found)[diagnostic.message])
            document.text = original
            document.tell()
            await document.diagnostics(lambda all: said(all) == said(found))


def said(found: list[types.Diagnostic]) -> Counter[str]:
    return Counter(one.message for one in found)


async def test_fixing_all_is_what_the_command_line_does(client: LanguageClient, project: Path):
    document = Document(client, client.answer, project / SIMULATOR, "python")
    await document.diagnostics()
    # Asked with an empty range, as Neovim asks on save.
    here = types.Range(types.Position(2, 0), types.Position(2, 0))
    for kind in ["source.fixAll.harden", "source.fixAll", "source"]:
        assert [one.kind for one in await document.actions(here, kind)] == ["source.fixAll.harden"]
    [action] = await document.actions(here, "source.fixAll.harden")
    assert document.change(action.edit) == {}
    assert document.text == Path(os.environ["FIXED"], SIMULATOR).read_text()
    await document.diagnostics(lambda all: not all)
    assert await document.actions(here, "source.fixAll.harden") == []


async def test_positions_are_in_the_encoding_that_was_agreed(client: LanguageClient, project: Path):
    path = project / "token.py"
    path.write_text('import random\n\nKEY = "🎲" and random.choice("ä🔑") # 🎲\n')
    document = Document(client, client.answer, path, "python")
    [finding] = await document.diagnostics()
    assert document.under(finding) == "random.choice"
    [action] = [one for one in await document.actions(finding.range, "quickfix") if one.is_preferred]
    document.change(action.edit)
    assert 'KEY = "🎲" and secrets.choice("ä🔑") # 🎲' in document.text


async def test_hover_tells_the_rule(client: LanguageClient, project: Path):
    document = Document(client, client.answer, project / "docker-compose.yml", "dockercompose")
    found = await document.diagnostics(lambda all: any(one.code == "compose/published-port" for one in all))
    port = next(one for one in found if one.code == "compose/published-port")
    params = types.HoverParams(types.TextDocumentIdentifier(document.uri), port.range.start)
    hover = await client.text_document_hover_async(params)
    assert "published-port" in hover.contents.value
