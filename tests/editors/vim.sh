#!/usr/bin/env bash
# Vim with ALE, in batch mode, with the file that is shipped. The one for vim-lsp, which no package brings, is read.
. "$(dirname "$0")/common.sh"

vim.nox --version | head -n 1
for script in ale vim-lsp; do
  PROJECT=$project EDITORS=$editors RESULT=$work/$script.out timeout 180 \
    vim.nox -N -u NONE -i NONE -es -S "$here/vim/$script.vim" </dev/null >"$work/log" 2>&1 ||
    { cat "$work/$script.out" "$work/log" >&2; fail "$script failed"; }
  cat "$work/$script.out"
done
grep -q -- '- 127.0.0.1:6379:6379' "$project/docker-compose.yml" || fail "the quick fix was not saved"
same_as_fixed src/hypercode-core/app/simulator.py
