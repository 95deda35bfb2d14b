"""What an editor does with the answers, in the words of the protocol's own types."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

PATIENCE_S = 30
UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def make_client() -> LanguageClient:
    """A client that takes what it has declared, and nothing else."""
    client = make_test_lsp_client()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(client: LanguageClient, params: types.RegistrationParams) -> None:
        for one in params.registrations:
            section, name = one.method.split("/")
            section = {"textDocument": "text_document"}.get(section, section)
            name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
            name = {"did_open": "synchronization", "did_change": "synchronization", "did_close": "synchronization"}.get(name, name)
            declared = getattr(getattr(client.capabilities, section), name, None)
            if declared is None or not declared.dynamic_registration:
                client.undeclared.append(one.method)

    client.undeclared = []
    return client


class Document:
    """An open document, as an editor that has this encoding sees it."""

    def __init__(self, client: LanguageClient, answer: types.InitializeResult, path: Path, language: str):
        self.client = client
        self.uri = path.as_uri()
        self.text = path.read_text()
        self.version = 1
        self.pulls = answer.capabilities.diagnostic_provider is not None
        self.codec, self.unit = UNITS[answer.capabilities.position_encoding or "utf-16"]
        item = types.TextDocumentItem(uri=self.uri, language_id=language, version=1, text=self.text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def offset(self, position: types.Position) -> int:
        """Where a position is in the text; a place that is none fails the test."""
        lines = self.text.split("\n")
        line = lines[position.line]
        units = line.encode(self.codec)
        assert position.character * self.unit <= len(units), f"{position} is behind the end of {line!r}"
        before = units[: position.character * self.unit].decode(self.codec)
        return sum(len(line) + 1 for line in lines[: position.line]) + len(before)

    def under(self, diagnostic: types.Diagnostic) -> str:
        return self.text[self.offset(diagnostic.range.start) : self.offset(diagnostic.range.end)]

    def whole(self) -> types.Range:
        return types.Range(types.Position(0, 0), types.Position(self.text.count("\n") + 1, 0))

    async def diagnostics(self, holds: Callable[[list[types.Diagnostic]], bool] = bool) -> list[types.Diagnostic]:
        """The diagnostics once `holds` is true of them."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            if self.pulls:
                params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(self.uri))
                report = await self.client.text_document_diagnostic_async(params)
                found = list(report.items)
            else:
                found = list(self.client.diagnostics.get(self.uri, []))
            if holds(found):
                return found
            assert asyncio.get_running_loop().time() < deadline, f"still: {found}"
            await asyncio.sleep(0.01)

    async def actions(self, at: types.Range, kind: str) -> list[types.CodeAction]:
        """What is offered there, with its edit, by request or in the answer. As some editors do, no diagnostic is sent."""
        context = types.CodeActionContext(diagnostics=[], only=[kind])
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri), at, context)
        offered = await self.client.text_document_code_action_async(params) or []
        resolve = self.client.capabilities.text_document.code_action.resolve_support
        whole = []
        for action in offered:
            if isinstance(action, types.Command):
                # These types take an action that has a command for a bare command, which is never sent.
                assert action.title.startswith("Show what"), action
                continue
            assert action.kind.split(".")[: len(kind.split("."))] == kind.split("."), action
            if action.edit is None and action.command is None and action.disabled is None:
                assert resolve and "edit" in resolve.properties, f"{action.title}: nothing in it, and nobody to ask"
                action = await self.client.code_action_resolve_async(action)
            whole.append(action)
        return whole

    def change(self, edit: types.WorkspaceEdit) -> dict[str, list[types.TextEdit]]:
        """Apply an edit to the document, as the client declares that it can. What it does to other files is given back."""
        declared = self.client.capabilities.workspace.workspace_edit
        by_file = {uri: list(edits) for uri, edits in (edit.changes or {}).items()}
        for change in edit.document_changes or []:
            assert declared and declared.document_changes, "documentChanges without being declared"
            if isinstance(change, types.TextDocumentEdit):
                version = change.text_document.version
                assert version is None or change.text_document.uri != self.uri or version == self.version
                by_file.setdefault(change.text_document.uri, []).extend(change.edits)
            else:
                assert change.kind in declared.resource_operations, f"{change.kind} without being declared"
        edits = sorted(by_file.pop(self.uri, []), key=lambda one: self.offset(one.range.start))
        spans = [(self.offset(one.range.start), self.offset(one.range.end)) for one in edits]
        assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:])), f"edits overlap: {edits}"
        for one, (start, end) in reversed(list(zip(edits, spans))):
            self.text = self.text[:start] + one.new_text + self.text[end:]
        self.tell()
        return by_file

    def tell(self) -> None:
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)
        change = types.TextDocumentContentChangeWholeDocument(text=self.text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
