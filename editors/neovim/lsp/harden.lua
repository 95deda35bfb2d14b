-- Neovim 0.11 and later. Copy to ~/.config/nvim/lsp/harden.lua, then: vim.lsp.enable('harden')

local names = {
  ['harden.toml'] = true,
  ['pytest.ini'] = true,
  ['.pytest.ini'] = true,
  ['pytest.toml'] = true,
  ['.pytest.toml'] = true,
  ['tox.ini'] = true,
  ['setup.cfg'] = true,
  ['pyproject.toml'] = true,
}

-- Other YAML, INI and TOML files are left to other servers.
local function wanted(buffer)
  local filetype = vim.bo[buffer].filetype
  if filetype == 'python' or filetype == 'yaml.docker-compose' then
    return true
  end
  local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
  local stem = name:match('^(.*)%.ya?ml$')
  if stem then
    stem = stem:gsub('^docker%-', '')
    return stem == 'compose' or stem:match('^compose[%.%-_]') ~= nil
  end
  return names[name] == true
end

return {
  cmd = { 'harden', 'server' },
  filetypes = { 'python', 'yaml', 'yaml.docker-compose', 'dosini', 'cfg', 'toml' },
  root_dir = function(buffer, on_dir)
    if wanted(buffer) then
      on_dir(vim.fs.root(buffer, { 'harden.toml', '.git' }) or vim.fs.dirname(vim.api.nvim_buf_get_name(buffer)))
    end
  end,
}
