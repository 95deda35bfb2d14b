-- Neovim 0.11 and later. Copy to ~/.config/nvim/lsp/harden.lua, then: vim.lsp.enable('harden')

-- Other YAML, INI, TOML and text files are left to other servers.
local function wanted(path, filetype)
  local name = vim.fs.basename(path):lower()
  local stem = name:match('^(.*)%.ya?ml$')
  if stem then
    local compose = stem:gsub('^docker%-', '')
    return compose == 'compose'
      or compose:match('^compose[%.%-_]') ~= nil
      or stem:match('prometheus') ~= nil
      or stem:match('alert') ~= nil
      or stem:match('rules$') ~= nil
      or path:match('/%.github/workflows/[^/]+$') ~= nil
      or filetype == 'yaml.docker-compose'
  end
  return filetype == 'python'
    or filetype == 'dockerfile'
    or name == 'harden.toml'
    or name == 'pyproject.toml'
    or name == 'tox.ini'
    or name == 'setup.cfg'
    or name:match('^%.?pytest%.ini$') ~= nil
    or name:match('^%.?pytest%.toml$') ~= nil
    or name:match('requirements.*%.txt$') ~= nil
    or name:match('^%.env$') ~= nil
    or name:match('^%.env%.') ~= nil
end

return {
  cmd = { 'harden', 'server' },
  -- No file types are named: whether a file is ours is told by its name, and where it is not, there is no root.
  root_dir = function(buffer, on_dir)
    local path = vim.api.nvim_buf_get_name(buffer)
    if path ~= '' and wanted(path, vim.bo[buffer].filetype) then
      on_dir(vim.fs.root(buffer, '.git') or vim.fs.root(buffer, 'harden.toml') or vim.fs.dirname(path))
    end
  end,
  settings = { harden = vim.empty_dict() },
}
