import { ProgressLocation, window } from 'vscode';
import type { ConnectionValues } from '../../core/connectWith';
import { cancellation } from '../../core/errors';
import type { CommandServices } from '../command';
import type { FoundEndpoint } from '../target';

/** The CA certificate may have to be downloaded: with progress, and until the person cancels. */
export const valuesOf = (
  { connectWith }: CommandServices,
  { endpoint, instance }: FoundEndpoint,
): Promise<ConnectionValues> =>
  Promise.resolve(
    window.withProgress(
      {
        location: ProgressLocation.Notification,
        title: `Reading the CA certificate of ${instance.name}…`,
        cancellable: true,
      },
      (_, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort(cancellation()));
        return connectWith.values(endpoint, abort.signal);
      },
    ),
  );
