import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where to look for the server. */
export interface Places {
  /** The setting `harden.path`; empty where it is not set or not to be trusted. */
  setting: string;
  /** The extension's own folder. */
  folder: string;
  /** The environment's `PATH`. */
  path: string;
  windows: boolean;
}

/**
 * The program to start: the setting's, else the bundled one, else the first on `PATH`.
 * A setting that names no program is an error of the user's, which a fallback would hide.
 */
export function findServer(places: Places): string | undefined {
  if (places.setting) {
    return runs(places.setting) ? places.setting : undefined;
  }
  const name = places.windows ? 'harden.exe' : 'harden';
  // Relative entries of PATH are left out: they could name a program of the workspace.
  const folders = [join(places.folder, 'bin'), ...places.path.split(delimiter).filter(isAbsolute)];
  return folders.map((folder) => join(folder, name)).find(runs);
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
