#!/usr/bin/env bash
# The files for editors that are not driven: each is read by a parser, or by the editor where a package brings it, and the
# server is started by the very command that stands in it.
. "$(dirname "$0")/common.sh"

# Kakoune reads its own file; kakoune-lsp, which no package brings, is stood in for by its option.
touch "$project"/{compose.prod.yml,values.yaml,tool.py}
timeout 60 kak -n -ui dummy -e "
  try %{
    declare-option str lsp_servers
    source $editors/kakoune/harden.kak
    evaluate-commands %sh{
      for file in compose.prod.yml values.yaml pytest.ini .env; do
        echo \"edit! $project/\$file; echo -to-file $work/kak.\$file %opt{lsp_servers};\"
      done
    }
    set-option buffer filetype python
    echo -to-file $work/kak.python %opt{lsp_servers}
    quit!
  } catch %{
    echo -to-file $work/kak.error %val{error}
    quit! 1
  }" </dev/null || fail "kakoune: $(cat "$work/kak.error" 2>/dev/null)"
for file in compose.prod.yml pytest.ini .env python; do
  [[ -s $work/kak.$file ]] || fail "kakoune starts nothing for $file"
done
[[ ! -s $work/kak.values.yaml ]] || fail "kakoune starts the server for values.yaml"

# What Zed compiles is at least read; its dependencies would take minutes.
HOME=$user_home rustfmt --check --edition 2021 "$editors/zed/src/lib.rs"

"$state/protocol/bin/python" "$here/files.py" "$editors" "$work/kak.compose.prod.yml"
