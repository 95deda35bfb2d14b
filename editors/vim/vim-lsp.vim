" Vim with vim-lsp (https://github.com/prabirshrestha/vim-lsp). Source this file from your vimrc.
" Quick fixes: `:LspCodeAction`. Safe fixes on save:
"   autocmd BufWritePre * call execute('LspCodeActionSync source.fixAll.harden')

augroup harden
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
    \ 'name': 'harden',
    \ 'cmd': {info -> ['harden', 'server']},
    \ 'allowlist': ['python', 'dockerfile', 'yaml.docker-compose'],
    \ 'workspace_config': {'harden': {}},
    \ })
augroup END
