import { yamlString } from './escape';
import type { CodeWriter, ExportedEndpoint } from './exported';
import { asComment, headingOf, registrationNote } from './tidbCloud';

/**
 * A template of Resource Orchestration Service (`ALIYUN::PrivateLink::VpcEndpoint`). A stack belongs to the region in which
 * it is made.
 */
export const rosTemplate: CodeWriter = (regionId, endpoints) =>
  `${[
    ...asComment([
      ...headingOf(endpoints),
      `Create the stack in the region ${regionId.replace(/[^A-Za-z0-9-]/g, '')}.`,
      ...(endpoints.some(({ endpointId }) => endpointId !== undefined)
        ? ['The stack makes new endpoints; what exists already stays as it is beside them.']
        : []),
      ...registrationNote(
        ["TiDB Cloud's side is not in this template: ROS has no resource for it."],
        'Its ID and domain name are outputs of the stack.',
        endpoints,
      ),
    ]),
    "ROSTemplateFormatVersion: '2015-09-01'",
    `Description: ${yamlString('Private endpoints from a VPC to TiDB Cloud Premium')}`,
    'Resources:',
    ...endpoints.flatMap((endpoint, i) => resource(logicalId(endpoints, i), endpoint)),
    'Outputs:',
    ...endpoints.flatMap((endpoint, i) => outputs(logicalId(endpoints, i), endpoint)),
  ].join('\n')}\n`;

const logicalId = (endpoints: readonly ExportedEndpoint[], index: number): string =>
  endpoints.length === 1 ? 'VpcEndpoint' : `VpcEndpoint${index + 1}`;

function resource(id: string, { spec }: ExportedEndpoint): readonly string[] {
  const tags = Object.entries(spec.tags);
  return [
    `  ${id}:`,
    '    Type: ALIYUN::PrivateLink::VpcEndpoint',
    '    Properties:',
    '      EndpointType: Interface',
    ...(spec.name === '' ? [] : [`      EndpointName: ${yamlString(spec.name)}`]),
    `      ServiceName: ${yamlString(spec.serviceName)}`,
    `      VpcId: ${yamlString(spec.vpcId)}`,
    ...list(
      'SecurityGroupId',
      spec.securityGroupIds.map((groupId) => [yamlString(groupId)]),
    ),
    ...list(
      'Zone',
      spec.zones.map(({ zoneId, vSwitchId }) => [
        `ZoneId: ${yamlString(zoneId)}`,
        `VSwitchId: ${yamlString(vSwitchId)}`,
      ]),
    ),
    ...list(
      'Tags',
      tags.map(([key, value]) => [`Key: ${yamlString(key)}`, `Value: ${yamlString(value)}`]),
    ),
  ];
}

/** An empty list is left out: ROS takes none of these as an empty one. */
const list = (property: string, items: readonly (readonly string[])[]): readonly string[] =>
  items.length === 0
    ? []
    : [
        `      ${property}:`,
        ...items.flatMap((lines) => lines.map((line, i) => `        ${i === 0 ? '-' : ' '} ${line}`)),
      ];

function outputs(id: string, { instanceName }: ExportedEndpoint): readonly string[] {
  const output = (attribute: string, word: string): readonly string[] => [
    `  ${id === 'VpcEndpoint' ? '' : id}${attribute}:`,
    `    Description: ${yamlString(`${word} of the endpoint for ${instanceName}`)}`,
    '    Value:',
    '      Fn::GetAtt:',
    `        - ${id}`,
    `        - ${attribute}`,
  ];
  return [...output('EndpointId', 'ID'), ...output('EndpointDomain', 'Domain name')];
}
