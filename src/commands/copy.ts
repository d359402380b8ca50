import { env, window } from 'vscode';
import { AppError } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import { commands, type CommandId } from '../ids';
import type { Command } from './command';
import { endpointFor, instanceFor, targetOf } from './target';

export const copyServiceName: Command = {
  id: commands.copyServiceName,
  title: 'Copy Endpoint Service Name',
  handler:
    ({ inventory }) =>
    async (argument) => {
      const { id, name } = await instanceFor(inventory, targetOf(argument));
      if (inventory.details(id).value === undefined) {
        await inventory.refreshDetails(id);
      }
      const { value, error } = inventory.details(id);
      if (value === undefined && error instanceof Error) {
        throw error;
      }
      await copy(value?.service.serviceName, `the private link service of ${name}`);
    },
};

export const copyEndpointId = copyOfEndpoint(
  commands.copyEndpointId,
  'Copy Endpoint ID',
  ({ endpointId }) => endpointId,
);

export const copyDomainName = copyOfEndpoint(
  commands.copyDomainName,
  'Copy Domain Name',
  ({ endpoint, connection }) => endpoint?.domain ?? connection?.privateDomainName,
);

function copyOfEndpoint(
  id: CommandId,
  title: string,
  valueOf: (endpoint: PrivateEndpoint) => string | undefined,
): Command {
  return {
    id,
    title,
    handler:
      ({ inventory }) =>
      async (argument) => {
        const { endpoint } = await endpointFor(
          inventory,
          targetOf(argument),
          `${title}: choose a private endpoint`,
        );
        await copy(valueOf(endpoint), `that value of ${endpoint.endpointId}`);
      },
  };
}

async function copy(value: string | undefined, what: string): Promise<void> {
  if (value === undefined || value === '') {
    throw new AppError('notFound', { source: 'TiDB Cloud', subject: what, reason: 'it is not there yet' });
  }
  await env.clipboard.writeText(value);
  window.setStatusBarMessage(`$(check) Copied ${value}`, 3000);
}
