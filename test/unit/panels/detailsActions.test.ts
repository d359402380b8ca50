import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PrivateEndpoint } from '../../../src/core/health';
import { loaded, notLoaded } from '../../../src/core/loadable';
import { commands } from '../../../src/ids';
import type * as ViewModule from '../../../src/panels/details/view';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import type * as NodeModule from '../../../src/tree/nodes/endpointNode';
import type { TreeNode } from '../../../src/tree/nodes/node';
import { editor, withoutEditor } from '../commands/editor';
import { aConnection, aCreation, anEndpoint, anInstance, aService, RecordingLog } from '../fakes';
import { withoutHealth, withoutSql } from '../tree/without';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
  };
}

const { contributes } = JSON.parse(
  readFileSync(path.join(__dirname, '../../../package.json'), 'utf8'),
) as Manifest;
const menu = contributes.menus['view/item/context'] ?? [];

/** The row's commands that the panel has in another way. */
const otherwise: Readonly<Record<string, string>> = {
  [commands.copyEndpointId]: 'Endpoint ID',
  [commands.copyDomainName]: 'Domain Name',
};
/** The panel itself, and its button Refresh. */
const itself: readonly string[] = [commands.showDetails, commands.refresh];
/** What the panel has beyond the row. */
const more: readonly string[] = [commands.openCreation];

/** Whether a menu's entry is there for one selected row; every part of the condition has to be understood. */
function isShown(when: string, tokens: string): boolean {
  return when.split(' && ').every((part) => {
    const pattern = /^viewItem =~ \/(.+)\/$/.exec(part)?.[1];
    if (pattern !== undefined) {
      return new RegExp(pattern).test(tokens);
    }
    assert.ok(['view == tidbPrivateEndpoint.instances', '!listMultiSelection'].includes(part), part);
    return true;
  });
}

const ref = { instanceId: anInstance.id, endpointId: anEndpoint.id };
const connection = { ...aConnection, state: 'ACTIVE' as const };
const endpoints: Readonly<Record<string, PrivateEndpoint>> = {
  'that is Active': { ...ref, connection, endpoint: anEndpoint },
  'that Failed': { ...ref, connection: { ...connection, state: 'FAILED' }, endpoint: anEndpoint },
  'without its private domain': {
    ...{ ...ref, endpoint: anEndpoint },
    connection: { id: 'pec-1', ...ref, privateDomainName: '', state: 'ACTIVE', serviceState: 'ACTIVE' },
  },
  'that only TiDB Cloud shows': { ...ref, connection },
  'that is not registered': { ...ref, endpoint: anEndpoint },
  'without a domain': { ...ref, endpoint: { ...anEndpoint, domain: '' } },
  'whose domain only TiDB Cloud knows': { ...ref, connection, endpoint: { ...anEndpoint, domain: '' } },
  'that is going': {
    ...ref,
    connection: { ...connection, state: 'DELETING' },
    endpoint: { ...anEndpoint, status: 'Deleting' },
  },
};

describe('the actions of the details panel', () => {
  let view: typeof ViewModule;
  let node: typeof NodeModule;

  before(async () => {
    editor.reset();
    node = await withoutEditor(() => import('../../../src/tree/nodes/endpointNode'));
    view = await withoutEditor(() => import('../../../src/panels/details/view'));
  });

  for (const [what, endpoint] of Object.entries(endpoints)) {
    for (const isProduction of [false, true]) {
      for (const removing of [false, true]) {
        const how = `${isProduction ? ', marked as production' : ''}${removing ? ', being removed' : ''}`;
        it(`are those of the tree’s row of an endpoint ${what}${how}`, () => {
          const removal = { connection: true, endpoint: true };
          const progress = { creation: { ...aCreation, removal } } as unknown as CreationProgress;
          const sql = { ...withoutSql(new RecordingLog()) };
          const row = new node.EndpointNode(
            { id: 'parent' } as unknown as TreeNode,
            endpoint,
            removing ? progress : undefined,
            { ...sql, production: { has: () => isProduction, onDidChange: sql.production.onDidChange } },
            withoutHealth,
          );
          const tokens = row.item().contextValue ?? '';
          const ofRow = new Set(
            menu.filter(({ when }) => isShown(when, tokens)).map(({ command }) => command),
          );
          const state = view.detailsState({
            ...{ ref, sandbox: false, instance: anInstance, endpoint, isProduction, removing },
            listing: { loading: false, isWhole: true, error: undefined },
            read: loaded({ service: aService, endpoints: [endpoint] }),
            ...{ record: undefined, reachability: undefined, details: notLoaded },
            ...{ timeline: [], lastName: undefined, hasAlibabaCloud: true },
          });
          const expected = [...ofRow].filter((id) => !(id in otherwise) && !itself.includes(id));
          assert.deepEqual(state.actions.map(({ id }) => id).sort(), [...expected, ...more].sort());
          const labels = state.endpoint?.groups.flatMap(({ facts }) => facts.map(({ label }) => label));
          for (const [command, label] of Object.entries(otherwise)) {
            assert.equal(labels?.includes(label), ofRow.has(command), label);
          }
        });
      }
    }
  }

  it('have the names of the commands', () => {
    const titles = new Map(contributes.commands.map(({ command, title }) => [command, title]));
    const [endpoint] = Object.values(endpoints);
    assert.ok(endpoint);
    const { actions } = view.detailsState({
      ...{ ref, sandbox: false, instance: anInstance, endpoint, isProduction: false, removing: false },
      listing: { loading: false, isWhole: true, error: undefined },
      read: loaded({ service: aService, endpoints: [endpoint] }),
      ...{ record: undefined, reachability: undefined, details: notLoaded },
      ...{ timeline: [], lastName: undefined, hasAlibabaCloud: true },
    });
    assert.ok(actions.length > 10);
    assert.deepEqual(
      actions.map(({ label }) => label),
      actions.map(({ id }) => titles.get(id)),
    );
  });
});
