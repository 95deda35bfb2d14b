import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix, win32 } from 'node:path';

/** Where to look for the server. */
export interface Places {
  /** Whether the user trusts the workspace. If not, nothing that it could have said is looked at. */
  trusted: boolean;
  /** The setting `harden.path`. */
  setting: string;
  /** The setting `harden.lookup`: which of the two that are not named comes first. */
  lookup: 'bundled' | 'path';
  /** The extension's own folder. */
  extension: string;
  /** The first folder of the workspace. */
  workspace: string | undefined;
  /** The environment's `PATH`. */
  path: string;
  windows: boolean;
}

/**
 * The program to start.
 * A setting that names no program is an error of the user's, which a fallback would hide.
 */
export function findServer(places: Places): string | undefined {
  const name = places.windows ? 'harden.exe' : 'harden';
  const bundled = [join(places.extension, 'bin', name)];
  if (!places.trusted) {
    return bundled.find(runs);
  }
  if (places.setting) {
    return [expand(places.setting, places.workspace)].find(runs);
  }
  const { delimiter, isAbsolute } = places.windows ? win32 : posix;
  // Relative entries of PATH are left out: they could name a program of the workspace.
  const onPath = places.path
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter(isAbsolute)
    .map((folder) => join(folder, name));
  return (places.lookup === 'path' ? [...onPath, ...bundled] : [...bundled, ...onPath]).find(runs);
}

function expand(setting: string, workspace: string | undefined): string {
  return setting.replace(/^~(?=[/\\])/, homedir()).replace(/^\$\{workspaceFolder\}/, workspace ?? '');
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
