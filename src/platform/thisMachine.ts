import { networkInterfaces, release, type } from 'node:os';
import { env, version as editorVersion } from 'vscode';
import type { MachineNetwork, ThisMachine } from '../core/ports';

/** The machine on which the extension runs: with Remote-SSH, WSL or a container, not the one with the screen. */
export function thisMachine(network: MachineNetwork, extensionVersion: string): ThisMachine {
  return {
    vpcId: () => network.vpcId(),
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap((interfaces) => interfaces ?? [])
        .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
        .map(({ address }) => address),
    ...(env.remoteName !== undefined && { remoteName: env.remoteName }),
    versions: [
      `Extension: ${extensionVersion}`,
      `Editor: ${env.appName} ${editorVersion}`,
      `System: ${type()} ${release()} ${process.arch}, Node ${process.versions.node}`,
    ],
  };
}
