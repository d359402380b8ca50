import { networkInterfaces } from 'node:os';
import type { OperatingSystem } from '../core/connectWith';

/** Of the machine on which the extension runs. */
export const operatingSystem: OperatingSystem =
  process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'macos' : 'linux';

/** The addresses of this machine: others after it went into another network, a VPN for example, or out of one. */
export const networkOfMachine = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort()
    .join(' ');
