import type { ExportedEndpoint } from '../../../src/core/export/exported';

/** Whatever a name, or a tag, may hold to end the string, the line or the comment that it is written in. */
export const oddTexts: readonly string[] = [
  `plain`,
  `say "hello"`,
  `it's`,
  '${var.region} %{ if true }$${x} $%{y}',
  '$(touch gone) `touch gone` $HOME !!',
  'line\nresource "x" "y" {}\r\n# comment',
  'back\\slash\\n \\u0041 \\',
  '-starts with a hyphen',
  '漢字 ключ é 😀',
  'a: b # c',
  '*/ <!-- --> {{ x }}',
  '~',
  'tab\tbell\u0007escape\u001b[31m nel\u0085 ls\u2028 rtl\u202e',
];

export const planned: ExportedEndpoint = {
  instanceId: '1001',
  instanceName: 'orders',
  instanceRegionId: 'alicloud-ap-southeast-1',
  spec: {
    regionId: 'ap-southeast-1',
    vpcId: 'vpc-a',
    serviceName: 'com.aliyuncs.privatelink.ap-southeast-1.epsrv-aaaa1111',
    name: 'tidb-orders',
    securityGroupIds: ['sg-a', 'sg-b'],
    zones: [
      { zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a' },
      { zoneId: 'ap-southeast-1b', vSwitchId: 'vsw-b' },
    ],
    tags: { team: 'payments', 'tidb-instance': '1001' },
  },
};

/** One that was made without a name and tags. */
export const existing: ExportedEndpoint = {
  ...planned,
  instanceName: 'billing',
  instanceId: '1002',
  spec: { ...planned.spec, name: '', tags: {}, zones: planned.spec.zones.slice(0, 1) },
  endpointId: 'ep-aaaa0001',
};

/** Every text at every place. */
export const odd: readonly ExportedEndpoint[] = oddTexts.map((text, i) => ({
  ...planned,
  instanceName: text,
  instanceId: `10${i}`,
  spec: { ...planned.spec, name: text, tags: { [text]: text, [`key ${text}`]: '' } },
}));

export const sets: Readonly<Record<string, readonly ExportedEndpoint[]>> = {
  'one that is planned': [planned],
  'one that exists': [existing],
  'one with odd names': odd.slice(5, 6),
  several: [planned, existing, ...odd],
};
