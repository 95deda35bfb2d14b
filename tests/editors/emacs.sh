#!/usr/bin/env bash
# Emacs in batch mode with the file that is shipped, once with eglot and once with lsp-mode.
. "$(dirname "$0")/common.sh"

# Byte-compiling finds what is misspelled.
cp "$editors/emacs/harden.el" "$work"
emacs -Q --batch --eval '(setq byte-compile-error-on-warn t)' -f batch-byte-compile "$work/harden.el"

for client in ${CLIENTS:-eglot lsp-mode}; do
  new_project
  CLIENT=$client PROJECT=$project EDITORS=$editors timeout 180 emacs -Q --batch -l "$here/emacs/drive.el" >"$work/out" 2>&1 ||
    { tail -n 40 "$work/out" | cut -c 1-600 >&2; fail "$client failed"; }
  grep '^driven: ' "$work/out"
  same_as_fixed src/hypercode-core/app/simulator.py src/hypercode-core/pytest.ini
done
