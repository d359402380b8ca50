import type { DetailsState, EndpointFacts } from '../../../src/protocol/details';

const atMs = Date.UTC(2026, 7, 1, 9, 30);

const reported: DetailsState = {
  ref: { instanceId: '1001', endpointId: 'ep-t4n5d7f8g9h0j1k2' },
  sandbox: true,
  title: 'tidb-orders-prod',
  instance: 'orders-prod',
  health: {
    ...{
      level: 'healthy',
      word: 'Active',
      explanation: 'The private endpoint is ready to use.',
      sinceMs: atMs,
    },
  },
  timeline: [],
  actions: [
    { id: 'tidbPrivateEndpoint.connect', label: 'Connect' },
    { id: 'tidbPrivateEndpoint.diagnose', label: 'Diagnose Connection…' },
  ],
  loading: false,
  problems: [],
};

const unread: EndpointFacts = {
  groups: [
    {
      name: 'TiDB Cloud',
      facts: [
        { label: 'Instance', value: 'orders-prod' },
        { label: 'Connection Status', value: 'Active', level: 'healthy' },
        { label: 'Private Domain', value: 'private-x.ap-southeast-1.premium.tidbcloud.example' },
        { label: 'Port', value: '4000' },
        {
          ...{ label: 'Reachability', value: 'Reachable', level: 'healthy' },
          note: 'As TiDB Cloud reports it; no proof that it can be reached from here.',
        },
      ],
    },
    {
      name: 'Alibaba Cloud',
      facts: [
        { label: 'Endpoint ID', value: 'ep-t4n5d7f8g9h0j1k2' },
        { label: 'Endpoint Status', value: 'Active', level: 'healthy' },
        { label: 'VPC', value: 'vpc-t4nabcdefghij' },
      ],
    },
    {
      name: 'From This Machine',
      facts: [{ label: 'Private Domain', value: 'Answers in 1.2 ms', level: 'healthy' }],
    },
  ],
  latency: Array.from({ length: 40 }, (_, at) => ({
    atMs: atMs + at * 60_000,
    ...(at % 13 !== 7 && { latencyMs: 1 + (at % 5) / 3 }),
  })),
};

const active: DetailsState = {
  ...reported,
  endpoint: {
    ...unread,
    zones: ['a', 'b'].map((letter) => ({
      ...{ zoneId: `ap-southeast-1${letter}`, status: 'Connected', level: 'healthy', ip: '10.0.1.8' },
      ...{ vSwitchId: `vsw-${letter}`, networkInterfaceId: `eni-${letter}` },
    })),
    securityGroups: [
      {
        ...{ id: 'sg-1', status: 'Attached', answer: 'lets the VPC in on port 4000', level: 'healthy' },
        rules: ['Accept TCP, ports 4000/4000, from 10.0.0.0/8 (priority 1)'],
        others: '2 other rules are not about TCP port 4000.',
      },
    ],
  },
};

const signedOut: DetailsState = {
  ...{ ref: reported.ref, sandbox: false, title: reported.ref.endpointId, instance: '1001' },
  ...{ actions: [], loading: false },
  timeline: [
    {
      ...{ atMs, level: 'healthy', word: 'Active', isFirst: true },
      explanation: 'The private endpoint is ready to use.',
    },
  ],
  problems: [
    {
      message: 'You are not signed in to TiDB Cloud.',
      nextStep: 'Sign in to TiDB Cloud.',
      actions: [{ id: 'signInTidbCloud', label: 'Sign In to TiDB Cloud' }],
    },
  ],
};

export const detailsStates: Readonly<
  Record<'active' | 'reading' | 'failed' | 'signedOut' | 'gone', DetailsState>
> = {
  active,
  reading: { ...reported, endpoint: { ...unread, latency: [] }, loading: true },
  failed: {
    ...reported,
    endpoint: { ...unread, latency: [{ atMs, latencyMs: 2 }] },
    health: {
      ...{ level: 'failed', word: 'Failed', sinceMs: atMs },
      explanation: 'TiDB Cloud could not accept the endpoint. Delete the connection and create a new one.',
    },
    timeline: [
      { atMs, level: 'failed', word: 'Failed', explanation: 'TiDB Cloud could not accept the endpoint.' },
      { atMs: atMs - 60_000, level: 'changing', word: 'Pending', explanation: 'It was being accepted.' },
    ],
    problems: [
      {
        message: 'Alibaba Cloud did not allow this: vpc:DescribeSecurityGroups is missing.',
        nextStep: 'Ask the account administrator for this RAM permission.',
        actions: [{ id: 'copyRamPolicy', label: 'Copy RAM Policy' }],
      },
    ],
  },
  signedOut,
  gone: {
    ...reported,
    health: { level: 'attention', word: 'Gone', explanation: 'This endpoint is gone.' },
    timeline: signedOut.timeline,
    actions: [{ id: 'tidbPrivateEndpoint.openInTidbCloud', label: 'Open in TiDB Cloud' }],
  },
};
