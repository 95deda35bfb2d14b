// Packs the extension, once for each platform, with the program for that platform in it.
//   node pack.mjs linux-x64=../../target/release/harden win32-x64=…/harden.exe
// makes dist/harden-linux-x64.vsix and so on. A program of another platform is refused.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TARGETS = {
  'linux-x64': { format: 'elf', machine: 0x3e },
  'linux-arm64': { format: 'elf', machine: 0xb7 },
  'alpine-x64': { format: 'elf', machine: 0x3e },
  'alpine-arm64': { format: 'elf', machine: 0xb7 },
  'darwin-x64': { format: 'mach-o', machine: 0x01000007 },
  'darwin-arm64': { format: 'mach-o', machine: 0x0100000c },
  'win32-x64': { format: 'pe', machine: 0x8664 },
  'win32-arm64': { format: 'pe', machine: 0xaa64 },
};

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2).map((argument) => {
  const at = argument.indexOf('=');
  return { target: argument.slice(0, at), program: argument.slice(at + 1) };
});
if (wanted.length === 0) {
  fail(`usage: node pack.mjs TARGET=PROGRAM…, where TARGET is one of ${Object.keys(TARGETS).join(' ')}`);
}
for (const { target, program } of wanted) {
  const is = kind(program);
  const should = TARGETS[target] ?? fail(`no target is called ${target}: ${Object.keys(TARGETS).join(' ')}`);
  if (is.format !== should.format || is.machine !== should.machine) {
    fail(`${program} is no program for ${target}`);
  }
}
mkdirSync(`${folder}/dist`, { recursive: true });
for (const { target, program } of wanted) {
  rmSync(`${folder}/bin`, { recursive: true, force: true });
  mkdirSync(`${folder}/bin`);
  const bundled = `${folder}/bin/${target.startsWith('win32') ? 'harden.exe' : 'harden'}`;
  copyFileSync(program, bundled);
  chmodSync(bundled, 0o755);
  const out = `${folder}/dist/harden-${target}.vsix`;
  const vsce = [`${folder}/node_modules/@vscode/vsce/vsce`, 'package', '--no-dependencies', '--target', target, '--out', out];
  const packed = spawnSync(process.execPath, vsce, { cwd: folder, encoding: 'utf8' });
  if (packed.status !== 0) {
    fail(`${packed.stdout}${packed.stderr}`);
  }
  console.log(out);
}
rmSync(`${folder}/bin`, { recursive: true, force: true });

/** What a program is made for, by its header. */
function kind(program) {
  const head = Buffer.alloc(4096);
  const file = openSync(program, 'r');
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  if (head.readUInt32BE(0) === 0x7f454c46) {
    return { format: 'elf', machine: head.readUInt16LE(18) };
  }
  if (head.readUInt32LE(0) === 0xfeedfacf) {
    return { format: 'mach-o', machine: head.readUInt32LE(4) };
  }
  const pe = head.toString('latin1', 0, 2) === 'MZ' ? head.readUInt32LE(0x3c) : head.length;
  if (pe < head.length - 6 && head.toString('latin1', pe, pe + 4) === 'PE\0\0') {
    return { format: 'pe', machine: head.readUInt16LE(pe + 4) };
  }
  return {};
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
