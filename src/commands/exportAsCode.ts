import { languages, Position, ProgressLocation, window, workspace } from 'vscode';
import { collect } from '../core/collect';
import { AppError, cancellation } from '../core/errors';
import { exportDraftFrom, type ExportDraft } from '../protocol/exportDraft';
import type { ExportedEndpoint } from '../core/export/exported';
import { codeFormats, exportAs, type CodeFormat } from '../core/export/formats';
import { commands } from '../ids';
import { createdByTag, creationTag } from '../services/provisioning/tags';
import type { Command, CommandServices } from './command';
import {
  endpointFor,
  instanceFor,
  loadEndpoints,
  targetOf,
  throwFailure,
  type FoundEndpoint,
  type Target,
} from './target';
import { freeUntitledUri } from './untitled';

/**
 * Writes endpoints as code into new documents: those of the rows that are selected (all of an instance for its row), or
 * the one that is planned.
 */
export const exportAsCode: Command = {
  id: commands.exportAsCode,
  title: 'Export as Code',
  handler: (services) => async (argument, selection) => {
    const draft = exportDraftFrom(argument);
    if (draft !== undefined) {
      await open(await askFormat(), [exported(draft.instance, draft.spec)]);
      return;
    }
    const targets = Array.isArray(selection) && selection.length > 1 ? selection : [argument];
    const found = await endpointsOf(services, targets.map(targetOf));
    const format = await askFormat();
    const endpoints = await window.withProgress(
      { location: ProgressLocation.Notification, title: 'Reading the endpoints…', cancellable: true },
      (_, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort(cancellation()));
        return readAll(services, found, abort.signal);
      },
    );
    await open(format, endpoints);
  },
};

/** Each endpoint once, in the order of the rows. */
async function endpointsOf(
  { inventory }: CommandServices,
  targets: readonly Target[],
): Promise<readonly FoundEndpoint[]> {
  const found = new Map<string, FoundEndpoint>();
  for (const target of targets) {
    const own =
      target.instanceId !== undefined && target.endpointId === undefined
        ? await endpointsOfInstance(inventory, target)
        : [
            await endpointFor(inventory, target, {
              placeHolder: 'Export as Code: choose a private endpoint',
              what: 'an endpoint of this Alibaba Cloud account',
              fits: ({ endpoint }) => endpoint !== undefined,
            }),
          ];
    own.forEach((each) => found.set(`${each.instance.id}/${each.endpoint.endpointId}`, each));
  }
  return [...found.values()];
}

async function endpointsOfInstance(
  inventory: CommandServices['inventory'],
  target: Target,
): Promise<readonly FoundEndpoint[]> {
  const instance = await instanceFor(inventory, target);
  await loadEndpoints(inventory, instance.id);
  const endpoints = (inventory.details(instance.id).value?.endpoints ?? []).filter(
    ({ endpoint }) => endpoint !== undefined,
  );
  if (endpoints.length === 0) {
    throwFailure(inventory, [instance]);
    const subject = `an endpoint for ${instance.name} in this Alibaba Cloud account`;
    throw new AppError('notFound', { source: 'Alibaba Cloud', subject });
  }
  return endpoints.map((endpoint) => ({ instance, endpoint }));
}

const readAll = (
  { accounts }: CommandServices,
  found: readonly FoundEndpoint[],
  signal: AbortSignal,
): Promise<readonly ExportedEndpoint[]> =>
  Promise.all(
    found.map(async ({ instance, endpoint: { endpoint, endpointId } }) => {
      const api = await accounts.alibabaCloudFor(instance.id, { endpointId });
      if (endpoint === undefined) {
        throw new AppError('notFound', { source: 'Alibaba Cloud', subject: `the endpoint ${endpointId}` });
      }
      const { regionId, vpcId, serviceName, name, tags } = endpoint;
      const [zones, groups] = await Promise.all([
        collect(api.listEndpointZones(regionId, endpointId, signal)),
        collect(api.listEndpointSecurityGroups(regionId, endpointId, signal)),
      ]);
      return {
        ...exported(instance, {
          ...{ regionId, vpcId, serviceName, name, tags },
          zones: zones
            .filter(({ status }) => status !== 'Deleting')
            .map(({ zoneId, vSwitchId }) => ({ zoneId, vSwitchId })),
          securityGroupIds: groups.filter(({ status }) => status !== 'Detaching').map(({ id }) => id),
        }),
        endpointId,
      };
    }),
  );

/** What another tool makes must not be taken for the work of this extension. */
function exported(instance: ExportDraft['instance'], spec: ExportDraft['spec']): ExportedEndpoint {
  const tags = Object.entries(spec.tags).filter(([key]) => key !== createdByTag && key !== creationTag);
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    instanceRegionId: instance.regionId,
    spec: { ...spec, tags: Object.fromEntries(tags) },
  };
}

async function askFormat(): Promise<CodeFormat> {
  const chosen = await window.showQuickPick(
    codeFormats.map((format) => ({ label: format.label, detail: format.detail, format })),
    { title: 'Export as Code', placeHolder: 'Which form?' },
  );
  if (chosen === undefined) {
    throw cancellation();
  }
  return chosen.format;
}

/** One new document for each region; an open document is left alone. */
async function open(format: CodeFormat, endpoints: readonly ExportedEndpoint[]): Promise<void> {
  const known = await languages.getLanguages();
  for (const file of exportAs(format, endpoints)) {
    const document = await workspace.openTextDocument(freeUntitledUri(file.fileName));
    const editor = await window.showTextDocument(document, { preview: false });
    await editor.edit((edit) => edit.insert(new Position(0, 0), file.text));
    // Terraform's language comes with its own extension.
    if (known.includes(format.languageId)) {
      await languages.setTextDocumentLanguage(document, format.languageId);
    }
  }
}
