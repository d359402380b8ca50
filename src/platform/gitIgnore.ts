import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Uri } from 'vscode';
import type { Log } from '../core/ports';

const limitMs = 10_000;

/** Whether git leaves a file out of its commits; undefined where that is not for git to say, or cannot be found out. */
export function isIgnoredByGit(file: Uri, log: Log): Promise<boolean | undefined> {
  if (file.scheme !== 'file') {
    return Promise.resolve(undefined);
  }
  const { dir, base } = path.parse(file.fsPath);
  return new Promise((resolve) => {
    execFile('git', ['check-ignore', '--quiet', '--', base], { cwd: dir, timeout: limitMs }, (error) => {
      // 0: ignored; 1: not; 128: no work tree. ENOENT: no git.
      if (error === null) {
        resolve(true);
      } else if (error.code === 1) {
        resolve(false);
      } else {
        log.debug(`git check-ignore: ${String(error.code)}`);
        resolve(undefined);
      }
    });
  });
}
