-- Opens files that have findings, repairs one through the editor's own menu and the others by saving. What is on disk
-- in the end is compared by neovim.sh. Environment: PROJECT (a copy of the sample), EDITORS (the folder of the shipped
-- configuration), CONFIGURATION (enable or legacy).

local PATIENCE_MS = 30000
local project = vim.env.PROJECT
local get_clients = vim.lsp.get_clients or vim.lsp.get_active_clients

local function wait(what, holds)
  assert(vim.wait(PATIENCE_MS, holds, 5), 'waited too long: ' .. what)
end

local function lines(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

local function attached(buffer)
  local count, ready = 0, false
  for _, client in pairs(get_clients()) do
    if client.name == 'harden' and vim.lsp.buf_is_attached(buffer, client.id) then
      count = count + 1
      ready = client.initialized ~= false
    end
  end
  assert(count < 2, 'attached twice')
  return ready
end

local function code(diagnostic)
  return diagnostic.code or diagnostic.user_data.lsp.code
end

local function found(buffer, rule)
  local all = vim.tbl_filter(function(diagnostic)
    return code(diagnostic) == rule
  end, vim.diagnostic.get(buffer))
  table.sort(all, function(a, b)
    return a.lnum < b.lnum
  end)
  return all
end

local function open(name)
  local path = project .. '/' .. name
  if vim.api.nvim_buf_get_name(0) ~= path then
    vim.cmd('edit ' .. vim.fn.fnameescape(path))
  end
  local buffer = vim.api.nvim_get_current_buf()
  wait('the server attaches to ' .. name, function()
    return attached(buffer)
  end)
  return buffer
end

-- Choose in the editor's own menu, the cursor on a diagnostic.
local function choose(diagnostic, title)
  local offered, chosen = {}, false
  vim.ui.select = function(items, options, on_choice)
    for index, item in ipairs(items) do
      local shown = options.format_item(item)
      table.insert(offered, shown)
      if not chosen and shown:find(title, 1, true) then
        chosen = true
        on_choice(item, index)
      end
    end
  end
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  vim.lsp.buf.code_action()
  wait('an action with "' .. title .. '" changes the text', function()
    assert(chosen or #offered == 0, 'the menu has only: ' .. table.concat(offered, ' | '))
    return vim.api.nvim_buf_get_changedtick(0) > before
  end)
  print('  menu: ' .. table.concat(offered, ' | ') .. '\n')
end

-- A finding, in the list of the editor as well as under the text; its fix; and that it goes.
local function repair(name, rule, nth, title, want)
  local buffer = open(name)
  wait(rule .. ' is shown in ' .. name, function()
    return #found(buffer, rule) >= nth
  end)
  local all = found(buffer, rule)
  local one = all[nth]
  print(name .. ':' .. one.lnum + 1 .. ': ' .. one.message .. '\n')
  vim.diagnostic.setloclist({ open = false })
  local listed = vim.tbl_filter(function(item)
    return item.lnum == one.lnum + 1 and item.col == one.col + 1
  end, vim.fn.getloclist(0))
  assert(#listed > 0, 'not in the location list: ' .. one.message)

  choose(one, title)
  local text = table.concat(lines(buffer), '\n')
  assert(text:find(want, 1, true), 'after the quick fix there is no "' .. want .. '" in:\n' .. text)
  wait('the finding goes', function()
    return #found(buffer, rule) < #all
  end)
  return buffer
end

-- Saving brings what `harden fix` brings.
local function save(buffer, gone)
  vim.cmd('silent write')
  wait('nothing is left of ' .. gone, function()
    return #found(buffer, gone) == 0
  end)
end

local function main()
  vim.o.swapfile, vim.o.hidden = false, true
  vim.cmd('filetype on')
  if vim.env.CONFIGURATION == 'enable' then
    vim.opt.runtimepath:prepend(vim.env.EDITORS .. '/neovim')
    vim.lsp.enable('harden')
  else
    dofile(vim.env.EDITORS .. '/neovim/legacy.lua')
  end
  dofile(vim.env.EDITORS .. '/neovim/fix-on-save.lua')

  repair('docker-compose.yml', 'compose/published-port', 3, 'Bind it to 127.0.0.1', '- 127.0.0.1:6379:6379')
  -- One that spans files: what the other needs is written into its buffer.
  repair('docker-compose.yml', 'compose/default-secret', 1, 'Require `POSTGRES_PASSWORD`', '${POSTGRES_PASSWORD:?')
  local example = vim.fn.bufnr(project .. '/.env.example')
  assert(example > 0, '.env.example was not opened by the edit')
  assert(table.concat(lines(example), '\n'):find('POSTGRES_PASSWORD=', 1, true), 'nothing was written to .env.example')

  local simulator = 'src/hypercode-core/app/simulator.py'
  save(repair(simulator, 'python/insecure-random', 2, 'Use `secrets', 'secrets.SystemRandom().randint'), 'python/insecure-random')
  for name, rule in pairs({
    ['src/hypercode-core/app/scheduler.py'] = 'python/blocking-call-in-async',
    ['src/hypercode-core/pytest.ini'] = 'pytest/unused-marker',
  }) do
    local buffer = open(name)
    wait(rule .. ' is shown in ' .. name, function()
      return #found(buffer, rule) > 0
    end)
    vim.api.nvim_buf_set_option(buffer, 'modified', true)
    vim.cmd('silent write')
  end

  -- Other files of these languages are left alone; asked after a file that is not, since there is nothing to wait for.
  for _, name in ipairs({ 'values.yaml', 'Cargo.toml', 'notes.txt', 'php.ini' }) do
    vim.fn.writefile({ 'a = 1' }, project .. '/' .. name)
    vim.cmd('edit ' .. project .. '/' .. name)
    local other = vim.api.nvim_get_current_buf()
    open('src/hypercode-core/Dockerfile.production')
    assert(not attached(other), 'attached to ' .. name .. ', which is none of its business')
  end
  for _, name in ipairs({ 'compose.prod.yaml', 'pyproject.toml', 'tox.ini', 'harden.toml', 'requirements-dev.txt', '.env' }) do
    vim.fn.writefile({}, project .. '/' .. name)
    open(name)
  end
end

local ok, message = xpcall(main, debug.traceback)
if not ok then
  io.stderr:write('FAIL: ' .. message .. '\n')
end
for _, client in pairs(get_clients()) do
  vim.lsp.stop_client(client.id)
end
local ended = vim.wait(10000, function()
  return #vim.tbl_values(get_clients()) == 0
end, 5)
if ok and not ended then
  io.stderr:write('FAIL: the server does not end\n')
end
vim.cmd(ok and ended and 'qall!' or 'cquit 1')
