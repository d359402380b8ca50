import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where PATH leads to this program, or undefined. */
export const findOnPath = (name: string): string | undefined => findProgramIn(pathFolders(), name);

/** The same, with the folders of programs that are for administrators. */
export const findOnSystem = (name: string): string | undefined =>
  findProgramIn([...pathFolders(), '/usr/sbin', '/usr/bin', '/sbin'], name);

const pathFolders = (): string[] => (process.env['PATH'] ?? '').split(delimiter);

function findProgramIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
