import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program by its name, in the folders of PATH and then those given. */
export function findProgram(names: string[], extraFolders: string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...extraFolders].filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
