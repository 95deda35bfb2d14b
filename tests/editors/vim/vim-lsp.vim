" vim-lsp is in no package: its one function is stood in for, and what it is told is looked at.
" Environment: EDITORS (the folder of what is shipped), RESULT (a file for what there is to say).

let &runtimepath .= ',' . expand('<sfile>:p:h') . '/stand-in'

try
  execute 'source' $EDITORS . '/vim/vim-lsp.vim'
  doautocmd User lsp_setup
  let s:command = g:registered[0].cmd({})
  if len(g:registered) != 1 || s:command != ['harden', 'server'] || index(g:registered[0].allowlist, 'python') < 0
    throw string(g:registered)
  endif
catch
  call writefile([v:exception . ' @ ' . v:throwpoint], $RESULT)
  cquit 1
endtry
call writefile(['vim-lsp.vim is read; it starts: ' . join(s:command)], $RESULT)
qall!
