#!/usr/bin/env bash
# Neovim, headless, with the configuration that is shipped: the newest from PyPI, and an old one from the system.
. "$(dirname "$0")/common.sh"

drive() {
  local nvim=$1 configuration=$2 log=$XDG_STATE_HOME/nvim/lsp.log
  "$nvim" --version | head -n 1
  new_project
  if ! PROJECT=$project EDITORS=$editors CONFIGURATION=$configuration timeout 180 \
    "$nvim" --headless -u NONE -i NONE -n -c "luafile $here/neovim/drive.lua"; then
    for log in "$XDG_STATE_HOME/nvim/lsp.log" "$XDG_CACHE_HOME/nvim/lsp.log"; do
      [[ ! -f $log ]] || { echo "-- what the language client logged:" >&2; tail -n 40 "$log" | cut -c 1-400 >&2; }
    done
    fail "$nvim failed"
  fi
  same_as_fixed src/hypercode-core/app/{simulator,scheduler}.py src/hypercode-core/pytest.ini
}

drive "$state/neovim/bin/nvim" enable
drive "$state/neovim/bin/nvim" legacy
drive /usr/bin/nvim legacy
