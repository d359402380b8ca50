import type { SeedNetwork, SeedVpc } from './seed';

const SINGAPORE = 'ap-southeast-1';
const FRANKFURT = 'eu-central-1';

/**
 * In Singapore one VPC is plainly the one to take: `app-vpc` is not the default VPC, has vSwitches in both zones of the
 * service, and a security group that lets clients reach port 4000. The others each lack something.
 */
export const DEFAULT_NETWORKS: readonly SeedNetwork[] = [
  {
    region: SINGAPORE,
    vpcs: [
      {
        name: 'app-vpc',
        cidr: '10.0.0.0/16',
        vSwitches: [
          { name: 'app-a', zoneId: 'ap-southeast-1a', cidr: '10.0.1.0/24' },
          { name: 'app-b', zoneId: 'ap-southeast-1b', cidr: '10.0.2.0/24' },
          { name: 'app-c', zoneId: 'ap-southeast-1c', cidr: '10.0.3.0/24' },
        ],
        securityGroups: [
          { name: 'app-clients', allow: [{ portRange: '4000/4000', sourceCidr: '10.0.0.0/16' }] },
          { name: 'app-web', allow: [{ portRange: '443/443', sourceCidr: '0.0.0.0/0' }] },
          { name: 'app-enterprise', type: 'enterprise' },
          { name: 'managed-by-ack', serviceManaged: true },
        ],
      },
      {
        name: 'default-vpc',
        cidr: '172.16.0.0/12',
        isDefault: true,
        vSwitches: [
          { name: 'default-a', zoneId: 'ap-southeast-1a', cidr: '172.16.0.0/28', freeAddresses: 0 },
          { name: 'default-b', zoneId: 'ap-southeast-1b', cidr: '172.16.16.0/20', freeAddresses: 4092 },
        ],
        securityGroups: [{ name: 'default-group' }],
      },
      {
        name: 'batch-vpc',
        cidr: '192.168.0.0/16',
        vSwitches: [{ name: 'batch-c', zoneId: 'ap-southeast-1c', cidr: '192.168.1.0/24' }],
        securityGroups: [{ name: 'batch', allow: [{ portRange: '22/22', sourceCidr: '192.168.0.0/16' }] }],
      },
      { name: 'new-vpc', cidr: '10.8.0.0/16', status: 'Pending', vSwitches: [], securityGroups: [] },
    ],
  },
  {
    region: FRANKFURT,
    vpcs: [
      {
        name: 'eu-vpc',
        cidr: '10.20.0.0/16',
        vSwitches: [
          { name: 'eu-a', zoneId: 'eu-central-1a', cidr: '10.20.1.0/24' },
          { name: 'eu-b', zoneId: 'eu-central-1b', cidr: '10.20.2.0/24' },
        ],
        securityGroups: [
          { name: 'eu-clients', allow: [{ portRange: '1/65535', sourceCidr: '10.20.0.0/16' }] },
        ],
      },
    ],
  },
];

/** 60 more VPCs, one of which has 120 security groups and 60 vSwitches. */
export function manyNetworks(): SeedNetwork[] {
  const crowded: SeedVpc = {
    name: 'crowded-vpc',
    cidr: '10.100.0.0/16',
    vSwitches: count(60, (n) => ({
      name: `crowded-${n}`,
      zoneId: `ap-southeast-1${n % 2 === 0 ? 'a' : 'b'}`,
      cidr: `10.100.${n}.0/24`,
    })),
    securityGroups: count(120, (n) => ({ name: `crowded-${n}` })),
  };
  const plain = count(59, (n): SeedVpc => {
    return { name: `team-${n}`, cidr: `10.${n + 101}.0.0/16`, vSwitches: [], securityGroups: [] };
  });
  return [{ region: SINGAPORE, vpcs: [crowded, ...plain] }];
}

function count<T>(length: number, make: (n: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index + 1));
}
