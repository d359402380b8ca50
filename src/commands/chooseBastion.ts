import { QuickPickItemKind, ThemeIcon, commands as vscodeCommands, window, type QuickPickItem } from 'vscode';
import { cancellation } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import { commands } from '../ids';
import { isSshDestination, readSettings, writeBastion } from '../platform/settings';
import { sshHosts } from '../platform/sshHosts';
import type { Command, CommandServices } from './command';
import { activeEndpoint } from './connect';
import { endpointFor, targetOf, type FoundEndpoint } from './target';

/** Chooses how SQL reaches an endpoint's VPC: directly, or through a bastion with the person's own ssh. */
export const chooseBastion: Command = {
  id: commands.chooseBastion,
  title: 'Choose Bastion',
  handler: (services) => async (argument) => {
    const { instance, endpoint } = await endpointOf(services, argument);
    const before = readSettings.sqlBastions();
    const { key, whose } = keyFor(endpoint, before);
    const destination = await askDestination(`How is ${whose} reached?`, before[key]);
    await writeBastion(key, destination);
    const connect = 'Connect';
    const told = destination === undefined ? 'directly from this machine' : `through ${destination}`;
    // Sessions that are open keep the way they came: a statement may be running there.
    const from = services.connections.isOpen(endpoint) ? ', from the next connection on' : '';
    const chosen = await window.showInformationMessage(`SQL goes to ${whose} ${told}${from}.`, connect);
    if (chosen === connect) {
      await vscodeCommands.executeCommand(commands.connect, {
        instanceId: instance.id,
        endpointId: endpoint.endpointId,
      });
    }
  },
};

/** The endpoint that the target names, by itself or by its domain; else the one that the person picks. */
async function endpointOf({ inventory }: CommandServices, argument: unknown): Promise<FoundEndpoint> {
  const { domain } = (argument ?? {}) as Record<string, unknown>;
  const named =
    typeof domain === 'string'
      ? inventory.endpoints().find(({ endpoint }) => endpoint.connection?.host === domain)
      : undefined;
  return (
    named ??
    endpointFor(inventory, targetOf(argument), {
      placeHolder: 'Choose Bastion: choose a private endpoint',
      ...activeEndpoint,
    })
  );
}

/** What the setting is for: the VPC, save where that is not known or the endpoint has a bastion of its own. */
function keyFor(
  { endpoint, endpointId }: PrivateEndpoint,
  bastions: Readonly<Record<string, string>>,
): { readonly key: string; readonly whose: string } {
  const vpcId = endpoint?.vpcId;
  return vpcId === undefined || endpointId in bastions
    ? { key: endpointId, whose: `the endpoint ${endpointId}` }
    : { key: vpcId, whose: `the VPC ${vpcId}` };
}

/** Undefined: directly. */
async function askDestination(title: string, current: string | undefined): Promise<string | undefined> {
  const hosts = await sshHosts();
  const isCurrent = (name: string | undefined): { description?: string } =>
    name === current ? { description: 'now' } : {};
  const direct = {
    label: 'Directly from This Machine',
    iconPath: new ThemeIcon('plug'),
    detail: 'The extension runs in the VPC, or a VPN leads into it',
    ...isCurrent(undefined),
  };
  const enter = {
    label: 'Enter…',
    iconPath: new ThemeIcon('edit'),
    detail: 'user@host or ssh://user@host:port',
  };
  const named = [...hosts, ...strange(current, hosts)].map(({ name, leadsTo }) => ({
    label: name,
    iconPath: new ThemeIcon('vm'),
    description: [leadsTo, isCurrent(name).description].filter(Boolean).join(' · '),
  }));
  const heading: QuickPickItem = {
    label: 'Through a bastion, with your own ssh',
    kind: QuickPickItemKind.Separator,
  };
  const items: readonly QuickPickItem[] = [direct, heading, ...named, enter];
  const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen === direct ? undefined : chosen === enter ? enterDestination(title, current) : chosen.label;
}

/** The destination in use, where it is no host of the configuration. */
const strange = (
  current: string | undefined,
  hosts: readonly { readonly name: string }[],
): readonly { readonly name: string; readonly leadsTo: string }[] =>
  current === undefined || hosts.some(({ name }) => name === current) ? [] : [{ name: current, leadsTo: '' }];

async function enterDestination(title: string, current: string | undefined): Promise<string> {
  const answer = await window.showInputBox({
    title,
    prompt: 'What ssh takes as its destination',
    placeHolder: 'user@bastion.example.com',
    ignoreFocusOut: true,
    ...(current !== undefined && { value: current }),
    validateInput: (text) =>
      isSshDestination(text) ? undefined : 'A host of ~/.ssh/config, user@host or ssh://user@host:port',
  });
  if (answer === undefined) {
    throw cancellation();
  }
  return answer.trim();
}
