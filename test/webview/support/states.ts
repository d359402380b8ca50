import type { CreationState, Problem } from '../../../src/protocol/creation';

/** The same shape, all of it optional. */
type Change = {
  readonly [Key in keyof CreationState]?: Key extends 'instance' | 'endpoint' | 'acceptance' | 'active'
    ? Partial<CreationState[Key]>
    : CreationState[Key];
};

const service = {
  name: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n8k2q7x1m5v9c3b6z0',
  state: 'ACTIVE',
  zones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
  regionId: 'ap-southeast-1',
  port: 4000,
};

const created = {
  id: 'ep-t4n5d7f8g9h0j1k2',
  domainName: 'ep-t4n5d7f8g9h0j1k2.epsrv-t4n8k2q7x1m5v9c3b6z0.ap-southeast-1.privatelink.aliyuncs.com',
  status: 'Active',
  connectionStatus: 'Connected',
};

const host = 'privatelink-10293847.x7k2m9.alicloud-ap-southeast-1.tidbcloud.example';

const start: CreationState = {
  sandbox: true,
  mode: 'automatic',
  readOnly: false,
  canCancel: false,
  lost: [],
  instance: {
    status: 'current',
    loading: false,
    choices: [
      { id: '10293847', label: 'orders', detail: 'Singapore (ap-southeast-1)' },
      { id: '10293848', label: 'analytics', detail: 'Singapore (ap-southeast-1)' },
      { id: '10293849', label: 'legacy-aws', unusable: 'hosted on AWS' },
    ],
  },
  endpoint: {
    status: 'todo',
    regionId: '',
    name: '',
    serviceName: '',
    verification: { outcome: 'none' },
    vpcs: [],
    securityGroups: [],
    securityGroupIds: [],
    moreSecurityGroups: [],
    zones: [],
    tags: [],
    canAddTag: true,
    existing: [],
    cost: '',
    canCreate: false,
  },
  acceptance: { status: 'todo', way: 'api', endpointId: '', domainName: '', canCreate: false },
  active: { status: 'todo' },
};

function change(base: CreationState, by: Change): CreationState {
  return {
    ...base,
    ...by,
    instance: { ...base.instance, ...by.instance },
    endpoint: { ...base.endpoint, ...by.endpoint },
    acceptance: { ...base.acceptance, ...by.acceptance },
    active: { ...base.active, ...by.active },
  };
}

const problem = (message: string, nextStep: string, ...labels: string[]): Problem => ({
  message,
  nextStep,
  actions: labels.map((label) => ({ id: label.toLowerCase().replaceAll(' ', '-'), label })),
});

const form = change(start, {
  instance: { status: 'done', instanceId: '10293847', service },
  endpoint: {
    status: 'current',
    regionId: 'ap-southeast-1',
    name: 'tidb-orders',
    serviceName: service.name,
    verification: { outcome: 'verified', text: 'Verified: 3 zones, connections are accepted automatically' },
    vpcs: [
      { id: 'vpc-a', label: 'production', detail: '10.0.0.0/16' },
      { id: 'vpc-b', label: 'staging', detail: '10.1.0.0/16' },
    ],
    vpcId: 'vpc-a',
    securityGroups: [
      { id: 'sg-a', label: 'databases', detail: 'normal' },
      { id: 'sg-b', label: 'ack-managed', unusable: 'managed by a cloud product' },
    ],
    securityGroupIds: ['sg-a'],
    portCheck: { outcome: 'open', text: 'TCP 4000 is let in from 10.0.0.0/16' },
    zonesOfBoth: {
      service: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
      vpc: ['ap-southeast-1a', 'ap-southeast-1b'],
    },
    zones: [
      {
        zoneId: 'ap-southeast-1a',
        vSwitchId: 'vsw-a1',
        vSwitches: [
          { id: 'vsw-a1', label: 'app-a', detail: '10.0.0.0/24, 212 free addresses' },
          { id: 'vsw-a2', label: 'data-a', detail: '10.0.1.0/24, 251 free addresses' },
        ],
      },
      {
        zoneId: 'ap-southeast-1b',
        vSwitches: [
          { id: 'vsw-b0', label: 'full-b', detail: '10.0.9.0/29', unusable: 'no free address' },
          { id: 'vsw-b1', label: 'app-b', detail: '10.0.2.0/24, 198 free addresses' },
        ],
      },
      { zoneId: 'ap-southeast-1c', vSwitches: [], unusable: 'No vSwitch of this VPC in the zone' },
    ],
    cost: 'Pay-as-you-go: by the hour for each zone, and by the traffic.',
    canCreate: true,
  },
});

const noVpc = change(start, {
  instance: form.instance,
  endpoint: {
    status: 'current',
    regionId: 'ap-northeast-1',
    name: 'tidb-orders',
    serviceName: service.name,
    verification: { outcome: 'verified', text: 'Found in 2 zones' },
  },
});

const moreGroups = [{ id: 'sg-c', label: 'applications', detail: 'sg-c' }] as const;
const enterprise = { id: 'sg-e', label: 'shared', detail: 'sg-e · enterprise' };

const connecting = change(form, {
  endpoint: {
    status: 'waiting',
    activity: 'Waiting until the connection is Connected',
    created: { ...created, status: 'Creating', connectionStatus: 'Connecting' },
    canCreate: false,
  },
  acceptance: { status: 'current', endpointId: created.id, domainName: created.domainName, canCreate: true },
});

const accepted = change(connecting, {
  endpoint: { status: 'done', created },
  acceptance: { status: 'done', canCreate: false },
});

/** When it began is left to the test. */
const waiting = change(accepted, {
  canCancel: true,
  active: {
    status: 'waiting',
    connectionState: 'Pending',
    explanation: 'TiDB Cloud is setting up the connection. Nothing is left for you to do.',
  },
});

export const creationStates = {
  loading: change(start, { instance: { status: 'working', loading: true, choices: [] } }),
  unlisted: {
    ...start,
    problem: problem(
      'The instances cannot be listed.',
      'Check the API key and try again.',
      'Retry',
      'Sign In',
    ),
  },
  choose: start,
  serviceCreating: change(start, {
    instance: {
      status: 'waiting',
      instanceId: '10293847',
      service: { ...service, name: '', zones: [], state: 'CREATING' },
      wait: { startedAtMs: 0, usualMs: 240_000 },
    },
  }),
  form,
  severalGroups: change(form, {
    endpoint: {
      securityGroups: [...form.endpoint.securityGroups, moreGroups[0], enterprise],
      securityGroupIds: ['sg-a', 'sg-c'],
      moreSecurityGroups: [
        { id: 'sg-d', label: 'batch', detail: 'sg-d' },
        { ...enterprise, unusable: 'cannot be combined: databases is normal' },
      ],
      portCheck: {
        outcome: 'closed',
        text: 'databases and applications let only a part of the VPC reach TCP 4000.',
        rules: [
          'databases: let in TCP 4000/4000 from 10.0.0.0/16',
          'databases: let in TCP 4000/4000 from 10.7.0.0/16',
        ],
      },
      tags: [
        { id: 't1', key: 'team', value: 'payments' },
        { id: 't2', key: 'acs:x', value: '', problem: 'Keys and values must not begin with aliyun or acs:' },
      ],
    },
  }),
  existing: change(form, {
    endpoint: {
      existing: [{ id: created.id, text: `made-before (${created.id}): Active, Connected` }],
    },
  }),
  severalExisting: change(form, {
    endpoint: {
      existing: [
        { id: 'ep-1', text: 'made-before (ep-1): Active, Connected' },
        { id: 'ep-2', text: 'ep-2: Pending, Disconnected' },
      ],
    },
  }),
  noCommonZone: change(form, {
    endpoint: {
      zonesOfBoth: { service: ['ap-southeast-1a'], vpc: ['ap-southeast-1c'] },
      zones: [
        { zoneId: 'ap-southeast-1a', vSwitches: [], unusable: 'the VPC has no vSwitch in this zone' },
        { zoneId: 'ap-southeast-1c', vSwitches: [], unusable: 'TiDB Cloud does not offer the service here' },
      ],
      canCreate: false,
    },
  }),
  noVpc,
  notActivated: change(form, {
    endpoint: {
      status: 'failed',
      canCreate: false,
      problem: problem(
        'PrivateLink is not activated on this Alibaba Cloud account.',
        'Activate it: that costs nothing by itself; endpoints are billed as pay-as-you-go.',
        'Activate PrivateLink',
        'Open Alibaba Cloud Console',
      ),
    },
  }),
  refused: change(form, {
    endpoint: {
      name: 'acs:x',
      nameProblem: 'The name must not begin with acs: or contain http://.',
      serviceName: 'com.aliyuncs.privatelink.ap-southeast-1.nothing',
      verification: { outcome: 'refused', text: 'No such service in ap-southeast-1' },
      problem: problem('A quota of Alibaba Cloud is used up.', 'Ask for a higher one.', 'Open Quotas'),
      canCreate: false,
    },
  }),
  creating: change(form, {
    endpoint: { status: 'working', activity: 'Creating the endpoint', canCreate: false },
  }),
  begun: change(form, {
    canCancel: true,
    endpoint: {
      status: 'working',
      activity: 'Alibaba Cloud is creating the endpoint…',
      wait: { startedAtMs: 0, usualMs: 60_000 },
      canCreate: false,
    },
  }),
  connecting,
  console: change(connecting, {
    endpoint: { status: 'done', created },
    acceptance: {
      way: 'console',
      status: 'current',
      activity: 'Watching for the connection',
      canCreate: false,
    },
  }),
  byHand: change(form, {
    mode: 'byHand',
    acceptance: {
      status: 'current',
      way: 'byHand',
      endpointId: 'vpc-1',
      endpointIdProblem: 'An endpoint resource id begins with ep-.',
    },
  }),
  refusedByTidbCloud: change(connecting, {
    canCancel: true,
    endpoint: { status: 'done', created },
    acceptance: {
      way: 'console',
      status: 'waiting',
      refusal:
        'TiDB Cloud did not allow this: it takes at least the role Organization Owner (access denied).',
      canCreate: false,
    },
  }),
  waiting,
  elsewhere: change(accepted, {
    readOnly: true,
    active: { status: 'working', connectionState: 'Pending' },
  }),
  removing: change(accepted, {
    canCancel: true,
    removal: {
      status: 'working',
      parts: [
        { label: 'Private endpoint connection in TiDB Cloud', status: 'done' },
        { label: 'Zones of the endpoint in Alibaba Cloud', status: 'working', detail: 'ap-southeast-1a' },
        { label: 'Endpoint in Alibaba Cloud', status: 'todo', detail: created.id },
      ],
      activity: 'Removing the zone ap-southeast-1a from the endpoint…',
    },
  }),
  removalHandedOver: change(accepted, {
    canCancel: true,
    removal: {
      status: 'waiting',
      parts: [
        { label: 'Private endpoint connection in TiDB Cloud', status: 'waiting', detail: 'pec-1' },
        { label: 'Endpoint in Alibaba Cloud', status: 'todo', detail: created.id },
      ],
      problem: problem(
        'The private endpoint connection has to be deleted in TiDB Cloud’s console.',
        'It is picked up here by itself, and the rest follows.',
        'Open TiDB Cloud Console',
      ),
    },
  }),
  removed: change(accepted, {
    removal: {
      status: 'done',
      parts: [{ label: 'Endpoint in Alibaba Cloud', status: 'done', detail: created.id }],
    },
  }),
  lost: change(start, {
    lost: [
      {
        creationId: 'c1',
        name: 'orders',
        text: 'Creating the private endpoint of orders is not finished, and the instance (1001) is gone.',
      },
    ],
  }),
  failed: change(accepted, {
    canCancel: true,
    active: {
      status: 'failed',
      connectionState: 'Failed',
      explanation: 'TiDB Cloud could not set up the connection.',
      problem: problem(
        'The private endpoint connection failed.',
        'Delete the connection and create a new one.',
        'Delete and Create Again',
      ),
    },
  }),
  active: change(accepted, {
    active: {
      status: 'done',
      connectionState: 'Active',
      explanation: 'The private endpoint is ready for connections.',
      host,
      port: 4000,
    },
  }),
} satisfies Record<string, CreationState>;

export type CreationStateName = keyof typeof creationStates;

export const creationStateNames = Object.keys(creationStates) as CreationStateName[];

/** A state with some of its parts replaced. */
export const changed = change;
