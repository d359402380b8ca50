import type { OperatingSystem } from '../core/connectWith';

/** Of the machine on which the extension runs. */
export const operatingSystem: OperatingSystem =
  process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'macos' : 'linux';
