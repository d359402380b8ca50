import { commands as vscodeCommands, ProgressLocation, window, workspace } from 'vscode';
import type { Creation, Decision, Removal } from '../core/creation';
import { blockedWords, creationVerdict, passesByItself } from '../core/creationVerdict';
import { AppError, cancellation } from '../core/errors';
import type { PrivateEndpoint } from '../core/health';
import { commands } from '../ids';
import { remedyLabel } from '../platform/notifications';
import type { CreationProgress } from '../services/provisioning/progress';
import type { CommandServices } from './command';
import { nameOf, type Dependents, type Question } from './deletionWords';
import { endpointFor, throwFailure, type EndpointQuestion, type FoundEndpoint, type Target } from './target';

/** The endpoint as it is now: what was read a while ago is no ground to delete on. */
export async function endpointToDelete(
  services: CommandServices,
  target: Target,
  question: EndpointQuestion & { readonly source: 'Alibaba Cloud' | 'TiDB Cloud' },
): Promise<FoundEndpoint & { readonly dependents: Dependents }> {
  const { inventory, connections, documents, runner } = services;
  const found = await endpointFor(inventory, target, { ...question, always: true });
  const { instance } = found;
  const { instanceId, endpointId } = found.endpoint;
  await window.withProgress({ location: ProgressLocation.Window, title: 'Reading private endpoints' }, () =>
    inventory.refreshDetails(instanceId),
  );
  throwFailure(inventory, [instance]);
  const endpoint = inventory.endpoint(instanceId, endpointId);
  if (endpoint === undefined || question.fits?.(endpoint) === false) {
    throw new AppError('notFound', {
      source: question.source,
      subject: `${question.what} with the ID ${endpointId}`,
    });
  }
  const unfinished = runner
    .unfinished()
    .find(({ creation }) => creation.endpointId === endpointId && creation.removal === undefined);
  const all = inventory.details(instanceId).value?.endpoints ?? [];
  return {
    instance,
    endpoint,
    dependents: {
      instanceName: instance.name,
      endpoint,
      isBeingCreated: unfinished !== undefined,
      others: all.filter((other) => other.endpointId !== endpointId).length,
      isSqlOpen: connections.isOpen(endpoint),
      documents: documentsOf(documents, endpoint).length,
    },
  };
}

/** @throws the cancellation unless the person agrees */
export async function confirm({ message, detail }: Question, button: string): Promise<void> {
  if ((await window.showWarningMessage(message, { modal: true, detail }, button)) !== button) {
    throw cancellation();
  }
}

/** How long it may take to learn whose endpoint it is. */
const identityWithinMs = 5_000;

/** Begins to take away what is named, and returns. What becomes of it is told until it is gone. */
export async function remove(
  services: CommandServices,
  { instance, endpoint }: FoundEndpoint,
  removal: Removal,
): Promise<void> {
  const { runner, connections, clock, newId } = services;
  await connections.disconnect(endpoint);
  const domain = endpoint.endpoint?.domain || endpoint.connection?.privateDomainName || undefined;
  const creation = await runner.start({
    id: newId(),
    instanceId: instance.id,
    instanceName: instance.name,
    regionId: instance.regionId,
    startedAtMs: clock.now(),
    clientToken: newId(),
    endpointId: endpoint.endpointId,
    ...(removal.endpoint && (await accountOf(services, endpoint))),
    ...(domain !== undefined && { endpointDomain: domain }),
    acceptance: 'api',
    removal,
  });
  const what = removal.endpoint ? 'endpoint' : 'private endpoint connection of';
  follow(services, creation, `${what} ${nameOf(endpoint)}`);
}

/** Who sees the endpoint now. Where that cannot be told, its removal goes on all the same. */
async function accountOf(
  { accounts, log }: CommandServices,
  { instanceId, endpointId }: PrivateEndpoint,
): Promise<Pick<Creation, 'accountId' | 'alibabaCloudAccount'>> {
  try {
    const account = await accounts.alibabaCloudAccountFor(instanceId, { endpointId });
    const api = await accounts.alibabaCloudOf(account);
    const { accountId } = await api.getCallerIdentity(AbortSignal.timeout(identityWithinMs));
    return { accountId, alibabaCloudAccount: account.id };
  } catch (error) {
    log.warn(`The Alibaba Cloud account of the endpoint cannot be told: ${String(error)}`);
    return {};
  }
}

/** Cancelling the notification, or trouble, ends only that; what becomes of it later is told all the same. */
function follow(services: CommandServices, { id, endpointId = '' }: Creation, what: string): void {
  const { runner, closed } = services;
  void window.withProgress(
    { location: ProgressLocation.Notification, title: `Deleting the ${what}`, cancellable: true },
    (shown, token) =>
      new Promise<void>((resolve) => {
        let asked: string | undefined;
        let toldTrouble: string | undefined;
        const stop = (): void => {
          subscription.dispose();
          closed.removeEventListener('abort', stop);
          resolve();
        };
        const look = (progress: CreationProgress): void => {
          const { creation, decision, error } = progress;
          if (creation.id !== id) {
            return;
          }
          if (creation.finished !== undefined) {
            stop();
            if (creation.finished.outcome === 'removed') {
              tellGone(services, creation, what);
            }
            return;
          }
          const { explanation } = creationVerdict(creation, decision, error);
          shown.report({ message: explanation });
          const question = questionOf(progress);
          if (question !== undefined && question !== asked) {
            tellQuestion(creation, question, error);
          }
          asked = question;
          const trouble = question === undefined ? troubleOf(progress) : undefined;
          if (trouble !== undefined && explanation !== toldTrouble) {
            resolve();
            services.notifications.showError(`Delete the ${what}`, trouble, () => {
              stop();
              runner.retry(id);
              follow(services, creation, what);
            });
          }
          toldTrouble = trouble === undefined ? undefined : explanation;
        };
        const subscription = runner.onDidChange(look);
        closed.addEventListener('abort', stop, { once: true });
        token.onCancellationRequested(() => resolve());
        // It may have come to its end already.
        const known = [...runner.unfinished(), runner.progressOfEndpoint(endpointId)];
        const now = known.find((progress) => progress?.creation.id === id);
        if (now !== undefined) {
          look(now);
        }
      }),
  );
}

type Asked = Extract<Decision, { kind: 'ask' }>['forWhat'];

/** What waits for the person; that TiDB Cloud's API has refused is the reason for it, no trouble beside it. */
const questionOf = ({ decision, error }: CreationProgress): Asked | undefined =>
  decision?.kind === 'ask' && (error === undefined || (AppError.is(error) && error.code === 'notAllowed'))
    ? decision.forWhat
    : undefined;

function troubleOf({ decision, error }: CreationProgress): unknown {
  if (error !== undefined) {
    return passesByItself(decision, error) ? undefined : error;
  }
  return decision?.kind === 'blocked'
    ? new AppError('conflict', { source: 'Alibaba Cloud', reason: blockedWords(decision) })
    : undefined;
}

/** Said once, while the watching goes on. */
function tellQuestion(
  { instanceId, endpointId, instanceName }: Creation,
  question: Asked,
  error: unknown,
): void {
  const inTheirWords = AppError.is(error) && error.details.reason ? ` (${error.details.reason})` : '';
  const inTidbCloud = question === 'deleteInTidbCloud';
  const message = inTidbCloud
    ? `TiDB Cloud does not delete the private endpoint connection of ${endpointId ?? ''} by API${inTheirWords}. Delete it on the Networking page of ${instanceName}; it is noticed by itself, and the rest follows.`
    : `Alibaba Cloud cannot be asked from here to delete ${endpointId ?? ''}. Sign in to Alibaba Cloud to have it deleted; or delete it in the Alibaba Cloud console, and then choose Give Up here, since without signing in that is not noticed.`;
  const buttons = new Map<string, string>(
    inTidbCloud
      ? [[remedyLabel('openTidbCloud'), commands.openInTidbCloud]]
      : [
          [remedyLabel('openAlibabaCloud'), commands.openInAlibabaCloud],
          [remedyLabel('signInAlibabaCloud'), commands.signInAlibabaCloud],
        ],
  );
  void window.showInformationMessage(message, ...buttons.keys()).then((chosen) => {
    const command = chosen === undefined ? undefined : buttons.get(chosen);
    if (command !== undefined) {
      void vscodeCommands.executeCommand(command, { instanceId });
    }
  });
}

function tellGone({ documents }: CommandServices, creation: Creation, what: string): void {
  const { instanceId, endpointId, instanceName } = creation;
  if (endpointId !== undefined) {
    documentsOf(documents, { instanceId, endpointId }).forEach((uri) => documents.unbind(uri));
  }
  void window.showInformationMessage(`The ${what} is deleted (${instanceName}).`);
}

function documentsOf(
  documents: CommandServices['documents'],
  { instanceId, endpointId }: { readonly instanceId: string; readonly endpointId: string },
): readonly string[] {
  return workspace.textDocuments
    .map(({ uri }) => uri.toString())
    .filter((uri) => {
      const bound = documents.endpointOf(uri);
      return bound?.instanceId === instanceId && bound.endpointId === endpointId;
    });
}
