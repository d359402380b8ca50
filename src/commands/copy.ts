import { env, window } from 'vscode';
import { AppError } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import { commands, type CommandId } from '../ids';
import type { Command } from './command';
import { endpointFor, instanceFor, loadEndpoints, targetOf, throwFailure } from './target';

export const copyServiceName: Command = {
  id: commands.copyServiceName,
  title: 'Copy Endpoint Service Name',
  handler:
    ({ inventory }) =>
    async (argument) => {
      const instance = await instanceFor(inventory, targetOf(argument));
      await loadEndpoints(inventory, instance.id);
      const { value } = inventory.details(instance.id);
      if (value === undefined) {
        throwFailure(inventory, [instance]);
      }
      await copy(value?.service.serviceName, `an endpoint service name for ${instance.name}`);
    },
};

export const copyEndpointId = copyOfEndpoint(
  commands.copyEndpointId,
  'Copy Endpoint ID',
  'an endpoint ID',
  ({ endpointId }) => endpointId,
);

export const copyDomainName = copyOfEndpoint(
  commands.copyDomainName,
  'Copy Domain Name',
  'a domain name',
  ({ endpoint, connection }) => endpoint?.domain || connection?.privateDomainName,
);

function copyOfEndpoint(
  id: CommandId,
  title: string,
  what: string,
  valueOf: (endpoint: PrivateEndpoint) => string | undefined,
): Command {
  return {
    id,
    title,
    handler:
      ({ inventory }) =>
      async (argument) => {
        const { endpoint } = await endpointFor(inventory, targetOf(argument), {
          placeHolder: `${title}: choose a private endpoint`,
          what: 'a private endpoint',
        });
        await copy(valueOf(endpoint), `${what} of ${endpoint.endpointId}`);
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
