let g:registered = []
function! lsp#register_server(server) abort
  call add(g:registered, a:server)
endfunction
