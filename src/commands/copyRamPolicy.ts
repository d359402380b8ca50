import { env, Uri, window, workspace } from 'vscode';
import { cancellation, isCancellation } from '../core/errors';
import { alibabaRegionOf } from '../core/model';
import { ramPolicyFor, type RamPolicy, type RamPolicyScope } from '../core/ramPolicy';
import { commands } from '../ids';
import type { Command, CommandServices } from './command';
import { targetOf } from './target';

const scopes: readonly { readonly label: string; readonly detail: string; readonly scope: RamPolicyScope }[] =
  [
    {
      label: 'Everything',
      detail: 'Look, create, change and delete private endpoints; open a port; activate PrivateLink',
      scope: 'full',
    },
    {
      label: 'Without removing',
      detail: 'The same, but nothing can be deleted or taken away',
      scope: 'withoutRemoving',
    },
    {
      label: 'Read only',
      detail: 'Look at private endpoints and networks, change nothing',
      scope: 'readOnly',
    },
  ];

/** The policy is as good without the account: nobody should have to wait for it. */
const identityWithinMs = 5_000;

/** Puts the least RAM policy on the clipboard, with the account and region filled in where they are known. */
export const copyRamPolicy: Command = {
  id: commands.copyRamPolicy,
  title: 'Copy the RAM Policy This Needs',
  handler: (services) => async (argument) => {
    const chosen = await window.showQuickPick(scopes, {
      title: 'RAM Policy for Alibaba Cloud',
      placeHolder: 'What should this RAM user or role be able to do?',
    });
    if (chosen === undefined) {
      throw cancellation();
    }
    const file = Uri.joinPath(services.extensionUri, 'media', 'ram-policy.json');
    const shipped = JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(file))) as RamPolicy;
    const [accountId, regionId] = [
      await accountOf(services, targetOf(argument).instanceId),
      regionOf(services, argument),
    ];
    const policy = ramPolicyFor(shipped, chosen.scope, {
      ...(accountId !== undefined && { accountId }),
      ...(regionId !== undefined && { regionId }),
    });
    const text = JSON.stringify(policy, undefined, 2);
    await env.clipboard.writeText(text);
    const where = [accountId && `account ${accountId}`, regionId].filter(Boolean).join(', ');
    const show = 'Show It';
    void window
      .showInformationMessage(
        `Copied the RAM policy${where === '' ? '' : ` for ${where}`}. Paste it in the RAM console as a custom policy, in JSON.`,
        show,
      )
      .then(async (button) => {
        if (button === show) {
          await window.showTextDocument(
            await workspace.openTextDocument({ language: 'json', content: text }),
          );
        }
      });
  },
};

/** Whoever lacks permissions can still ask who they are; without credentials the account stays open. */
async function accountOf(
  { accounts, consoles, log }: CommandServices,
  instanceId: string | undefined,
): Promise<string | undefined> {
  try {
    // The sandbox's account has no meaning where the policy is pasted.
    if (consoles.isSandbox() || !(await accounts.isSignedIn('Alibaba Cloud'))) {
      return undefined;
    }
    const api = await (instanceId === undefined
      ? accounts.alibabaCloud()
      : accounts.alibabaCloudFor(instanceId));
    return (await api.getCallerIdentity(AbortSignal.timeout(identityWithinMs))).accountId;
  } catch (error) {
    if (isCancellation(error)) {
      throw error;
    }
    log.warn(`The RAM policy is for any account: who is signed in cannot be read (${String(error)})`);
    return undefined;
  }
}

function regionOf({ inventory }: CommandServices, argument: unknown): string | undefined {
  const { instanceId } = targetOf(argument);
  const instance = instanceId === undefined ? undefined : inventory.instance(instanceId);
  return instance && alibabaRegionOf(instance.regionId);
}
