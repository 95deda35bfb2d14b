-- Neovim 0.7 to 0.10, which have no `vim.lsp.config`. Copy to ~/.config/nvim/lua/harden.lua, then: require('harden')

local COMMAND = { 'harden', 'server' }
local SETTINGS = { harden = vim.empty_dict() }

local function found_upwards(name, folder)
  local found = vim.fn.finddir(name, vim.fn.escape(folder, ' ,;\\') .. ';')
  if found == '' then
    found = vim.fn.findfile(name, vim.fn.escape(folder, ' ,;\\') .. ';')
  end
  return found ~= '' and vim.fn.fnamemodify(found, ':p:s?/$??:h') or nil
end

-- Other YAML, INI, TOML and text files are left to other servers.
local function wanted(path, filetype)
  local name = vim.fn.fnamemodify(path, ':t'):lower()
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

-- One server a folder.
local clients = {}

local function attach(event)
  local buffer = event.buf
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == '' or vim.bo[buffer].buftype ~= '' or not wanted(path, vim.bo[buffer].filetype) then
    return
  end
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local root = found_upwards('.git', folder) or found_upwards('harden.toml', folder) or folder
  clients[root] = clients[root]
    or vim.lsp.start_client({
      name = 'harden',
      cmd = COMMAND,
      root_dir = root,
      settings = SETTINGS,
      on_exit = function()
        clients[root] = nil
      end,
    })
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

vim.api.nvim_create_autocmd({ 'FileType', 'BufReadPost', 'BufNewFile' }, {
  group = vim.api.nvim_create_augroup('harden', {}),
  callback = attach,
})
