import { hclString } from './escape';
import { keysOf, type CodeWriter, type ExportedEndpoint } from './exported';
import { block, expression, type HclAttribute, type HclValue } from './hcl';
import { asComment, headingOf, registrationNote } from './tidbCloud';

const endpointType = 'alicloud_privatelink_vpc_endpoint';
const zoneType = 'alicloud_privatelink_vpc_endpoint_zone';

/**
 * Terraform for the alicloud provider. One endpoint is written with plain variables, several as a map that the resources
 * take with `for_each`. An endpoint that exists is imported, so that applying this does not make a second one.
 */
export const terraform: CodeWriter = (regionId, endpoints) => {
  const [only] = endpoints;
  const parts =
    endpoints.length === 1 && only !== undefined ? singleEndpoint(only) : severalEndpoints(endpoints);
  return `${[
    asComment([...headingOf(endpoints), ...importNote(endpoints)]).join('\n'),
    requirements(),
    variable('region', 'string', 'Region of Alibaba Cloud that the instance is in', regionId),
    ...parts.variables,
    block('provider "alicloud"', [['region', expression('var.region')]]),
    ...parts.resources,
    ...imports(endpoints),
    ...parts.outputs,
    asComment(registrationNote(why, 'Its ID and domain name are outputs.', endpoints)).join('\n'),
  ].join('\n\n')}\n`;
};

const why = [
  "TiDB Cloud's side is not in this file: the tidbcloud provider registers endpoints of Dedicated clusters only",
  '(tidbcloud_dedicated_private_endpoint_connection) and has no resource for a Premium instance.',
];

const importNote = (endpoints: readonly ExportedEndpoint[]): readonly string[] =>
  endpoints.some(({ endpointId }) => endpointId !== undefined)
    ? [
        'What exists is imported: the first "terraform apply" takes it over as it is. Remove the import blocks to make new',
        'endpoints in its place.',
      ]
    : [];

/** `tags` and `security_group_ids` need a recent provider; `import` blocks need Terraform 1.5. */
const requirements = (): string =>
  block(
    'terraform',
    [['required_version', '>= 1.5']],
    block('required_providers', [
      [
        'alicloud',
        {
          object: [
            ['source', 'aliyun/alicloud'],
            ['version', '>= 1.243.0'],
          ],
        },
      ],
    ]),
  );

interface Parts {
  readonly variables: readonly string[];
  readonly resources: readonly string[];
  readonly outputs: readonly string[];
}

function singleEndpoint({ spec }: ExportedEndpoint): Parts {
  return {
    variables: [
      variable('service_name', 'string', 'Endpoint service name of the instance', spec.serviceName),
      variable('endpoint_name', 'string', 'Name of the endpoint', nameOf(spec.name)),
      variable('vpc_id', 'string', 'VPC of the endpoint', spec.vpcId),
      variable(
        'security_group_ids',
        'list(string)',
        'Security groups of the endpoint',
        spec.securityGroupIds,
      ),
      variable('vswitch_ids', 'map(string)', 'Zone => vSwitch', zonesOf(spec)),
      variable('tags', 'map(string)', 'Tags of the endpoint', tagsOf(spec)),
    ],
    resources: [
      block(`resource "${endpointType}" "tidb"`, endpointAttributes('var', 'var.endpoint_name')),
      block(
        `resource "${zoneType}" "tidb"`,
        [['for_each', expression('var.vswitch_ids')]],
        [
          ['endpoint_id', expression(`${endpointType}.tidb.id`)],
          ['zone_id', expression('each.key')],
          ['vswitch_id', expression('each.value')],
        ],
      ),
    ],
    outputs: [
      output('endpoint_id', expression(`${endpointType}.tidb.id`)),
      output('endpoint_domain', expression(`${endpointType}.tidb.endpoint_domain`)),
    ],
  };
}

function severalEndpoints(endpoints: readonly ExportedEndpoint[]): Parts {
  const keys = keysOf(endpoints);
  const wanted = new Map<string, HclValue>(
    endpoints.map(({ spec }, i) => [
      keys[i] ?? '',
      {
        object: [
          ['service_name', spec.serviceName],
          ['name', nameOf(spec.name)],
          ['vpc_id', spec.vpcId],
          ['security_group_ids', spec.securityGroupIds],
          ['vswitch_ids', zonesOf(spec)],
          ['tags', tagsOf(spec)],
        ],
      },
    ]),
  );
  return {
    variables: [
      block('variable "endpoints"', [
        ['description', 'The endpoints. vswitch_ids: zone => vSwitch'],
        ['type', expression(endpointsType)],
        ['default', wanted],
      ]),
      zonesLocal,
    ],
    resources: [
      block(
        `resource "${endpointType}" "tidb"`,
        [['for_each', expression('var.endpoints')]],
        endpointAttributes('each.value', 'each.value.name'),
      ),
      block(
        `resource "${zoneType}" "tidb"`,
        [['for_each', expression('local.zones')]],
        [
          ['endpoint_id', expression(`${endpointType}.tidb[each.value.endpoint].id`)],
          ['zone_id', expression('each.value.zone_id')],
          ['vswitch_id', expression('each.value.vswitch_id')],
        ],
      ),
    ],
    outputs: [
      output(
        'endpoint_ids',
        expression(`{ for key, endpoint in ${endpointType}.tidb : key => endpoint.id }`),
      ),
      output(
        'endpoint_domains',
        expression(`{ for key, endpoint in ${endpointType}.tidb : key => endpoint.endpoint_domain }`),
      ),
    ],
  };
}

const endpointsType = `map(object({
  service_name       = string
  name               = optional(string)
  vpc_id             = string
  security_group_ids = list(string)
  vswitch_ids        = map(string)
  tags               = map(string)
}))`;

const zonesLocal = `locals {
  zones = merge([
    for key, endpoint in var.endpoints : {
      for zone_id, vswitch_id in endpoint.vswitch_ids : "\${key}/\${zone_id}" => {
        endpoint   = key
        zone_id    = zone_id
        vswitch_id = vswitch_id
      }
    }
  ]...)
}`;

/** @param from what holds the attributes that are named alike */
const endpointAttributes = (from: string, name: string): readonly HclAttribute[] => [
  ['endpoint_type', 'Interface'],
  ['service_name', expression(`${from}.service_name`)],
  ['vpc_endpoint_name', expression(name)],
  ['vpc_id', expression(`${from}.vpc_id`)],
  ['security_group_ids', expression(`${from}.security_group_ids`)],
  ['tags', expression(`${from}.tags`)],
];

function imports(endpoints: readonly ExportedEndpoint[]): readonly string[] {
  const keys = endpoints.length === 1 ? [undefined] : keysOf(endpoints);
  return endpoints.flatMap(({ endpointId, spec }, i) => {
    if (endpointId === undefined) {
      return [];
    }
    const key = keys[i];
    const own = (to: string, id: string): string =>
      block('import', [
        ['to', expression(to)],
        ['id', id],
      ]);
    return [
      own(`${endpointType}.tidb${key === undefined ? '' : `[${hclString(key)}]`}`, endpointId),
      ...spec.zones.map(({ zoneId }) =>
        own(
          `${zoneType}.tidb[${hclString(key === undefined ? zoneId : `${key}/${zoneId}`)}]`,
          `${endpointId}:${zoneId}`,
        ),
      ),
    ];
  });
}

const variable = (name: string, type: string, description: string, value: HclValue): string =>
  block(`variable "${name}"`, [
    ['description', description],
    ['type', expression(type)],
    ['default', value],
  ]);

const output = (name: string, value: HclValue): string => block(`output "${name}"`, [['value', value]]);

const nameOf = (name: string): HclValue => (name === '' ? expression('null') : name);

const zonesOf = ({ zones }: ExportedEndpoint['spec']): ReadonlyMap<string, string> =>
  new Map(zones.map(({ zoneId, vSwitchId }) => [zoneId, vSwitchId]));

const tagsOf = ({ tags }: ExportedEndpoint['spec']): ReadonlyMap<string, string> =>
  new Map(Object.entries(tags));
