import { cancellation } from '../core/errors';
import type { Credentials } from '../services/connections';
import { askCredentials } from './askCredentials';
import type { CommandServices } from './command';
import type { FoundEndpoint } from './target';

/** What the person may enter in the sandbox. */
export const passwordHint = ({ sandbox }: Pick<CommandServices, 'sandbox'>): string =>
  sandbox.current === undefined ? '' : ` (in the sandbox: ${sandbox.current.databasePassword})`;

/** The database user and password that are kept, else what the person enters. */
export async function passwordOf(
  services: CommandServices,
  { instance, endpoint }: FoundEndpoint,
): Promise<Credentials> {
  const { signal } = new AbortController();
  const credentials = await services.connections.credentials(endpoint, (question) =>
    askCredentials(instance.name, question, signal, passwordHint(services)),
  );
  if (credentials === undefined) {
    throw cancellation();
  }
  return credentials;
}
