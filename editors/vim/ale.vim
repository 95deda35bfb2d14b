" Vim with ALE. Source this file from your vimrc, after ALE is loaded.
" Quick fixes: `:ALECodeAction` with the cursor on a finding.
" Safe fixes on save; since ALE cannot ask a server for them, the file is fixed on disk and read again:
"   autocmd BufWritePost * call HardenFixSaved()

" Other YAML, INI, TOML and text files are left to other servers: without a root ALE starts none.
function! HardenRoot(buffer) abort
  let l:path = fnamemodify(bufname(a:buffer), ':p')
  let l:ours = '\v\c(^|[\/])((docker-)?compose([._-][^\/]*)?\.ya?ml|[^\/]*(prometheus|alert)[^\/]*\.ya?ml|[^\/]*rules\.ya?ml'
  \ . '|\.github[\/]workflows[\/][^\/]+\.ya?ml|(Dockerfile|Containerfile)(\.[^\/]+)?|[^\/]+\.Dockerfile'
  \ . '|\.?pytest\.(ini|toml)|tox\.ini|setup\.cfg|pyproject\.toml|harden\.toml|[^\/]*requirements[^\/]*\.txt|\.env(\.[^\/]+)?)$'
  if l:path !~# l:ours && l:path !~# '\v\.pyw?$'
    return ''
  endif
  let l:folder = fnamemodify(l:path, ':h')
  let l:git = finddir('.git', l:folder . ';')
  return empty(l:git) ? l:folder : fnamemodify(l:git, ':p:h:h')
endfunction

for s:filetype in ['python', 'dockerfile', 'yaml', 'dosini', 'cfg', 'toml', 'text', 'requirements', 'sh', 'conf']
  call ale#linter#Define(s:filetype, {
  \ 'name': 'harden',
  \ 'lsp': 'stdio',
  \ 'executable': 'harden',
  \ 'command': '%e server',
  \ 'project_root': function('HardenRoot'),
  \ })
endfor

function! HardenFixSaved() abort
  if !empty(HardenRoot(bufnr('')))
    call system('harden fix ' . shellescape(expand('%:p')))
    setlocal autoread
    checktime %
  endif
endfunction
