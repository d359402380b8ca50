import { commands } from '../ids';
import { askCredentials } from './askCredentials';
import type { Command, CommandServices } from './command';
import { endpointFor, targetOf, type FoundEndpoint } from './target';

/** Looks at the whole way to an endpoint's database, and at both clouds, and says what is most likely at fault. */
export const diagnose: Command = {
  id: commands.diagnose,
  title: 'Diagnose Connection',
  handler: (services) => async (argument) => {
    const { instance, endpoint } = await endpointOf(services, argument);
    const password = services.sandbox.current?.databasePassword;
    const hint = password === undefined ? '' : ` (in the sandbox: ${password})`;
    await services.diagnosis.show({
      ...{ instance, endpoint },
      ask: (question) => askCredentials(instance.name, question, services.closed, hint),
    });
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
      placeHolder: 'Diagnose Connection: choose a private endpoint',
      what: 'a private endpoint',
    })
  );
}
