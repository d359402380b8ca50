import { hasConnection, hasEndpoint, type PrivateEndpoint } from '../../core/health';
import { commands, type CommandId } from '../../ids';

interface Action {
  readonly label: string;
  readonly command: CommandId;
  readonly fits?: (endpoint: PrivateEndpoint) => boolean;
}

const isActive = ({ connection }: PrivateEndpoint): boolean => connection?.state === 'ACTIVE';

/** Everything that can be done with an endpoint. */
const actions: readonly Action[] = [
  { label: 'Connect', command: commands.connect, fits: isActive },
  { label: 'Diagnose', command: commands.diagnose },
  { label: 'Connect With…', command: commands.copyConnectionString, fits: isActive },
  { label: 'Open Creation Panel', command: commands.openCreation },
  {
    label: 'Export as Code…',
    command: commands.exportAsCode,
    fits: ({ endpoint }) => endpoint !== undefined,
  },
  { label: 'Open in TiDB Cloud', command: commands.openInTidbCloud },
  { label: 'Open in Alibaba Cloud', command: commands.openInAlibabaCloud },
  {
    label: 'Delete Private Endpoint Connection…',
    command: commands.deleteConnection,
    fits: hasConnection,
  },
  { label: 'Delete Endpoint…', command: commands.deleteEndpoint, fits: hasEndpoint },
];

export const actionsOf = (endpoint: PrivateEndpoint): readonly { id: CommandId; label: string }[] =>
  actions
    .filter(({ fits }) => fits === undefined || fits(endpoint))
    .map(({ command, label }) => ({ id: command, label }));
