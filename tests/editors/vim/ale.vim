" Drives ALE over a copy of the sample. Environment: PROJECT, EDITORS (the folder of what is shipped), RESULT (a file for
" what there is to say).

set nocompatible hidden noswapfile nomore
filetype plugin on
let g:ale_lint_delay = 0
let g:ale_lint_on_text_changed = 'always'
let g:ale_linters_explicit = 1
let g:ale_linters = {'yaml': ['harden'], 'python': ['harden']}
packadd ale
execute 'source' $EDITORS . '/vim/ale.vim'
autocmd BufWritePost * call HardenFixSaved()

let s:said = []
let s:offered = []

function! s:Wait(what, Holds) abort
  let l:start = reltime()
  while !a:Holds()
    if reltimefloat(reltime(l:start)) > 30
      throw 'waited too long: ' . a:what . '; listed: ' . string(map(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text'))
    endif
    sleep 20m
  endwhile
endfunction

function! s:Found(message) abort
  return filter(copy(ale#engine#GetLoclist(bufnr(''))), {_, item -> item.text =~# a:message})
endfunction

function! s:Choose(title, data, items) abort
  let s:offered = map(copy(a:items), 'v:val[1].title')
  for l:item in a:items
    if stridx(l:item[1].title, a:title) >= 0
      call ale#codefix#ApplyLSPCodeAction(a:data, l:item[1])
      return
    endif
  endfor
endfunction

" Open a file, and choose a fix in ALE's own menu with the cursor on a finding.
function! s:Repair(name, message, title, want) abort
  execute 'edit' fnameescape($PROJECT . '/' . a:name)
  call ale#Queue(0, 'lint_file')
  call s:Wait(a:message . ' is shown', {-> !empty(s:Found(a:message))})
  let l:before = s:Found(a:message)
  call add(s:said, a:name . ':' . l:before[0].lnum . ': ' . l:before[0].text)
  call cursor(l:before[0].lnum, l:before[0].col)
  let l:tick = b:changedtick
  let s:offered = []
  call ale#codefix#Execute(0, function('s:Choose', [a:title]))
  call s:Wait('"' . a:title . '" is offered, not only ' . string(s:offered), {-> b:changedtick > l:tick})
  call add(s:said, '  menu: ' . join(s:offered, ' | '))
  if stridx(join(getline(1, '$'), "\n"), a:want) < 0
    throw 'after the quick fix there is no "' . a:want . '"'
  endif
  call ale#Queue(0, 'lint_file')
  call s:Wait(a:message . ' goes', {-> len(s:Found(a:message)) < len(l:before)})
  write
  " In a script the reading waits for its end.
  checktime
endfunction

try
  call s:Repair('docker-compose.yml', 'publishes 6379', 'Bind it to 127.0.0.1', '- 127.0.0.1:6379:6379')
  call s:Repair('src/hypercode-core/app/simulator.py', 'can be predicted', 'Use `secrets', 'secrets.SystemRandom().uniform')
  call s:Wait('what was fixed on disk is read', {-> join(getline(1, '$')) =~# 'secrets.choice'})
  for s:name in ['values.yaml', 'Cargo.toml', 'php.ini', 'composer.yml']
    execute 'edit' fnameescape($PROJECT . '/' . s:name)
    if !empty(HardenRoot(bufnr('')))
      throw s:name . ' is none of our business'
    endif
  endfor
catch
  call writefile(s:said + [v:exception . ' @ ' . v:throwpoint], $RESULT)
  cquit 1
endtry
call writefile(s:said, $RESULT)
qall!
