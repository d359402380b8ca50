import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { createAlibabaCloudApi, staticCredentials } from '../../src/cloud/alibaba';
import { createTidbCloudApi } from '../../src/cloud/tidbCloud';
import { systemClock as clock } from '../../src/platform/clock';
import type { Sandbox } from '../../src/sandbox';
import { seedInstance, STORE_PROJECT, type SeedInstance } from '../../src/sandbox/world/seed';
import type { Workbench } from '../support/editor/workbench';
import type { Scene } from './scene';

type World = ReturnType<Sandbox['control']['getState']>;

/** What there is in both clouds for one instance. */
export interface Made {
  readonly tidbId: string;
  readonly service: World['services'][number];
  readonly endpoints: World['endpoints'];
  readonly connections: World['connections'];
}

export const region = 'ap-southeast-1';
const waitMs = 60_000;
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** An instance with its private link service, both ready, where all the networks of the sandbox are. */
export const readyInstance = (name: string, inRegion = region): SeedInstance =>
  seedInstance(name, inRegion, STORE_PROJECT, { privateLinkService: 'ACTIVE' });

function madeIn({ instances, services, endpoints, connections }: World, instance: string): Made {
  const tidbId = instances.find(({ displayName }) => displayName === instance)?.tidbId;
  const service = services.find((candidate) => candidate.tidbId === tidbId);
  assert.ok(tidbId !== undefined && service !== undefined, `${instance} has a private link service`);
  return {
    tidbId,
    service,
    endpoints: endpoints.filter(({ serviceId }) => serviceId === service.serviceId),
    connections: connections.filter((connection) => connection.tidbId === tidbId),
  };
}

export const madeFor = ({ sandbox }: Scene, instance: string): Made =>
  madeIn(sandbox.control.getState(), instance);

/** Waits until the clouds have what is wanted for an instance. */
export async function madeWhen(
  { sandbox }: Scene,
  instance: string,
  isSo: (made: Made) => boolean,
): Promise<Made> {
  const state = await sandbox.control.waitFor((world) => isSo(madeIn(world, instance)), waitMs);
  return madeIn(state, instance);
}

/** Opens the creation panel of an instance by the button in its row. */
export async function openPanel(workbench: Workbench, instance: string): Promise<FrameLocator> {
  await workbench.openViewContainer('TiDB Private Endpoint');
  await workbench.clickInlineAction(instance, 'Create Private Endpoint…');
  return workbench.webview(`Create Private Endpoint: ${instance}`);
}

/** What the panel shows, beside what it only tells a screen reader. */
export const shown = (
  panel: FrameLocator,
  text: string | RegExp,
  options?: { readonly exact: boolean },
): Locator => panel.getByRole('main').getByText(text, options);

/** Has the endpoint created as the open panel proposes it. */
export async function create(workbench: Workbench, panel: FrameLocator): Promise<void> {
  await workbench.person.click(panel.getByRole('button', { name: 'Create Endpoint', exact: true }));
  await workbench.clickDialogButton(/interface endpoint/, 'Create');
}

/** Opens the panel and has everything created as it proposes. */
export async function letCreate({ workbench }: Scene, instance: string): Promise<FrameLocator> {
  const panel = await openPanel(workbench, instance);
  await create(workbench, panel);
  return panel;
}

/** An endpoint that somebody made with another tool in `app-vpc`, once it is Active. */
export async function makeEndpointElsewhere(
  scene: Scene,
  instance: string,
): Promise<World['endpoints'][number]> {
  const { sandbox } = scene;
  const { vpcs, vSwitches, securityGroups } = sandbox.control.getState();
  const { service } = madeFor(scene, instance);
  const vpc = vpcs.find(({ name }) => name === 'app-vpc');
  const vSwitch = vSwitches.find(
    ({ vpcId, zoneId }) => vpcId === vpc?.vpcId && service.zones.includes(zoneId),
  );
  const group = securityGroups.find(({ vpcId }) => vpcId === vpc?.vpcId);
  assert.ok(vpc && vSwitch && group);
  const { accessKeyId, accessKeySecret, endpoints } = sandbox.alibabaCloud;
  const api = createAlibabaCloudApi({
    ...{ userAgent: 'test', clock, log: silent, endpoints },
    credentials: staticCredentials({ accessKeyId, accessKeySecret }),
  });
  await api.createEndpoint(
    {
      regionId: region,
      vpcId: vpc.vpcId,
      serviceName: service.serviceName,
      name: 'made-before',
      securityGroupIds: [group.securityGroupId],
      zones: [{ zoneId: vSwitch.zoneId, vSwitchId: vSwitch.vSwitchId }],
      tags: {},
    },
    crypto.randomUUID(),
  );
  const made = await madeWhen(scene, instance, (now) => now.endpoints[0]?.status === 'Active');
  const [endpoint] = made.endpoints;
  assert.ok(endpoint);
  return endpoint;
}

/** A private endpoint that is there before the person comes, named `made-before`: its connection is Active. */
export async function provision(scene: Scene, instance: string): Promise<void> {
  const endpoint = await makeEndpointElsewhere(scene, instance);
  const api = createTidbCloudApi({ userAgent: 'test', clock, log: silent, ...scene.sandbox.tidbCloud });
  await api.createConnection({
    instanceId: madeFor(scene, instance).tidbId,
    regionId: `alicloud-${region}`,
    endpointId: endpoint.endpointId,
    privateDomainName: endpoint.domain,
  });
  await madeWhen(scene, instance, ({ connections }) => connections[0]?.state === 'ACTIVE');
}
