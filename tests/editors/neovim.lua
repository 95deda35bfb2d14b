-- Opens files that have findings, repairs one through the editor's own menu and the others by saving, and compares what
-- is on disk. Environment: PROJECT (an empty folder), EDITORS (the folder of the shipped configuration).

local PATIENCE_MS = 20000

local CASES = {
  {
    name = 'token.py',
    text = {
      'import random',
      '',
      'ALPHABET = "abcdef"',
      '',
      'def token():',
      '    return random.choice(ALPHABET)',
      '',
      'def session_token():',
      '    return random.choice(ALPHABET)  # 🎲',
    },
    code = 'python/insecure-random',
    title = 'secrets',
    chosen = {
      'import random',
      'import secrets',
      '',
      'ALPHABET = "abcdef"',
      '',
      'def token():',
      '    return secrets.choice(ALPHABET)',
      '',
      'def session_token():',
      '    return random.choice(ALPHABET)  # 🎲',
    },
    saved = {
      'import random',
      'import secrets',
      '',
      'ALPHABET = "abcdef"',
      '',
      'def token():',
      '    return secrets.choice(ALPHABET)',
      '',
      'def session_token():',
      '    return secrets.choice(ALPHABET)  # 🎲',
    },
  },
  {
    name = 'docker-compose.yml',
    text = {
      'services:',
      '  db:',
      '    image: postgres:17',
      '    environment:',
      '      POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme} # 🔑',
      '  web:',
      '    image: example/web:1',
      '    environment:',
      '      SECRET_KEY: ${SECRET_KEY:-changeme}',
    },
    code = 'compose/default-secret',
    title = '',
    chosen = {
      'services:',
      '  db:',
      '    image: postgres:17',
      '    environment:',
      '      POSTGRES_PASSWORD: ${DB_PASSWORD:?DB_PASSWORD must be set} # 🔑',
      '  web:',
      '    image: example/web:1',
      '    environment:',
      '      SECRET_KEY: ${SECRET_KEY:-changeme}',
    },
    saved = {
      'services:',
      '  db:',
      '    image: postgres:17',
      '    environment:',
      '      POSTGRES_PASSWORD: ${DB_PASSWORD:?DB_PASSWORD must be set} # 🔑',
      '  web:',
      '    image: example/web:1',
      '    environment:',
      '      SECRET_KEY: ${SECRET_KEY:?SECRET_KEY must be set}',
    },
  },
}

local function put(path, lines)
  vim.fn.writefile(lines, path)
end

local function wait(what, holds)
  assert(vim.wait(PATIENCE_MS, holds, 5), 'waited too long: ' .. what)
end

local function same(what, got, want)
  assert(vim.deep_equal(got, want), what .. ':\n' .. table.concat(got, '\n') .. '\n-- instead of:\n' .. table.concat(want, '\n'))
end

local function found(buffer, code)
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.code == code
  end, vim.diagnostic.get(buffer))
end

-- Choose in the editor's own menu.
local function choose(title)
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
  vim.lsp.buf.code_action()
  wait('an action with "' .. title .. '" changes the text', function()
    assert(chosen or #offered == 0, 'the menu has only: ' .. table.concat(offered, ' | '))
    return vim.api.nvim_buf_get_changedtick(0) > before
  end)
  return offered
end

local function run(case)
  local path = vim.env.PROJECT .. '/' .. case.name
  put(path, case.text)
  vim.cmd.edit(path)
  local buffer = vim.api.nvim_get_current_buf()
  wait('the server attaches to ' .. case.name, function()
    return #vim.lsp.get_clients({ bufnr = buffer, name = 'harden' }) == 1
  end)
  wait(case.code .. ' is shown', function()
    return #found(buffer, case.code) == 2
  end)

  -- The squiggle is under the text, and the list has it.
  local first = found(buffer, case.code)[1]
  vim.diagnostic.setloclist({ open = false })
  local listed = vim.tbl_filter(function(item)
    return item.lnum == first.lnum + 1 and item.col == first.col + 1
  end, vim.fn.getloclist(0))
  assert(#listed > 0, 'not in the location list: ' .. first.message)

  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  local offered = choose(case.title)
  same(case.name .. ' after the quick fix', vim.api.nvim_buf_get_lines(buffer, 0, -1, false), case.chosen)
  wait('the finding goes', function()
    return #found(buffer, case.code) == 1
  end)

  vim.cmd.write()
  same(case.name .. ' on disk', vim.fn.readfile(path), case.saved)
  wait('nothing is left', function()
    return #found(buffer, case.code) == 0
  end)
  print(case.name .. ': ' .. first.message .. '\n  menu: ' .. table.concat(offered, ' | ') .. '\n')
end

local function main()
  vim.opt.runtimepath:prepend(vim.env.EDITORS .. '/neovim')
  vim.o.swapfile, vim.o.hidden = false, true
  vim.cmd('filetype on')
  vim.lsp.enable('harden')
  dofile(vim.env.EDITORS .. '/neovim/fix-on-save.lua')
  put(vim.env.PROJECT .. '/harden.toml', { '[fix]', 'safe = ["compose/default-secret"]' })
  for _, case in ipairs(CASES) do
    run(case)
  end
  -- Other files of these languages are left alone.
  put(vim.env.PROJECT .. '/values.yaml', { 'a: 1' })
  vim.cmd.edit(vim.env.PROJECT .. '/values.yaml')
  vim.wait(100)
  assert(#vim.lsp.get_clients({ bufnr = 0 }) == 0, 'attached to a YAML file that is none of its business')
end

local ok, message = xpcall(main, debug.traceback)
if not ok then
  io.stderr:write('FAIL: ' .. message .. '\n')
end
for _, client in ipairs(vim.lsp.get_clients()) do
  client:stop()
end
local ended = vim.wait(5000, function()
  return #vim.lsp.get_clients() == 0
end, 5)
if ok and not ended then
  io.stderr:write('FAIL: the server does not end\n')
end
vim.cmd(ok and ended and 'qall!' or 'cquit 1')
