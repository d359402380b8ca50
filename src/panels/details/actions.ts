import { hasConnection, hasEndpoint, type PrivateEndpoint } from '../../core/health';
import { commands, type CommandId } from '../../ids';
import type { DetailAction } from '../../protocol/details';

/** What decides which actions an endpoint has. */
export interface Acted {
  readonly endpoint: PrivateEndpoint;
  readonly isProduction: boolean;
  /** It is being taken away. */
  readonly removing: boolean;
}

interface Action {
  readonly label: string;
  readonly command: CommandId;
  readonly fits?: (acted: Acted) => boolean;
}

const canConnect = ({ endpoint: { connection }, removing }: Acted): boolean =>
  connection?.state === 'ACTIVE' && connection.host !== undefined && !removing;

/**
 * What the endpoint's row in the tree offers, under the same conditions, and more. Not here: Refresh, which is the
 * panel's own button, and what copies a value, since each value has its button.
 */
const actions: readonly Action[] = [
  { label: 'Connect', command: commands.connect, fits: canConnect },
  { label: 'Disconnect', command: commands.disconnect, fits: canConnect },
  { label: 'Connect With…', command: commands.copyConnectionString, fits: canConnect },
  { label: 'Open Terminal with MySQL Client', command: commands.openTerminal, fits: canConnect },
  { label: 'Choose Bastion…', command: commands.chooseBastion, fits: canConnect },
  { label: 'Diagnose Connection…', command: commands.diagnose },
  {
    label: 'Mark as Production',
    command: commands.markProduction,
    fits: ({ isProduction, removing }) => !removing && !isProduction,
  },
  {
    label: 'Unmark as Production',
    command: commands.unmarkProduction,
    fits: ({ isProduction, removing }) => !removing && isProduction,
  },
  {
    label: 'Export as Code…',
    command: commands.exportAsCode,
    fits: ({ endpoint: { endpoint } }) => endpoint !== undefined,
  },
  { label: 'Open Creation Panel', command: commands.openCreation },
  { label: 'Open in TiDB Cloud', command: commands.openInTidbCloud },
  { label: 'Open in Alibaba Cloud', command: commands.openInAlibabaCloud },
  {
    label: 'Delete Private Endpoint Connection…',
    command: commands.deleteConnection,
    fits: ({ endpoint, removing }) => !removing && hasConnection(endpoint),
  },
  {
    label: 'Delete Endpoint…',
    command: commands.deleteEndpoint,
    fits: ({ endpoint, removing }) => !removing && hasEndpoint(endpoint),
  },
];

const ofInstance: readonly CommandId[] = [
  commands.openCreation,
  commands.openInTidbCloud,
  commands.openInAlibabaCloud,
];

const shown = (some: readonly Action[]): readonly DetailAction[] =>
  some.map(({ command, label }) => ({ id: command, label }));

export const actionsOf = (acted: Acted): readonly DetailAction[] =>
  shown(actions.filter(({ fits }) => fits === undefined || fits(acted)));

/** What is left to do where the endpoint is gone and its instance is not. */
export const actionsWithoutEndpoint: readonly DetailAction[] = shown(
  actions.filter(({ command }) => ofInstance.includes(command)),
);
