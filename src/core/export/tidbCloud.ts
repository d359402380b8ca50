import { inComment, wellFormed } from './escape';
import type { ExportedEndpoint } from './exported';

const baseUrl = 'https://cloud.tidbapi.com';

/** TiDB Cloud v1beta2; creating is not in the published specification. */
export const connectionsPath = (instanceId: string): string =>
  `/v1beta2/tidbs/${pathSegment(instanceId)}/privateEndpointConnections`;

/** Also without the quotes and brackets that `encodeURIComponent` leaves: the path ends up in commands. */
const pathSegment = (text: string): string =>
  encodeURIComponent(wellFormed(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * What a template of Alibaba Cloud leaves to do, as lines of text: TiDB Cloud's Terraform provider registers endpoints of
 * Dedicated clusters only (`tidbcloud_dedicated_private_endpoint_connection`), ROS knows no other cloud.
 *
 * @param whence where the endpoint's id and domain name are then found
 */
export function registrationNote(
  why: readonly string[],
  whence: string,
  endpoints: readonly ExportedEndpoint[],
): readonly string[] {
  return [
    ...why,
    `Once an endpoint is Active, register it with its instance. ${whence}`,
    '- On the Networking page of the instance in the TiDB Cloud console: Create Private Endpoint Connection, with the',
    '  endpoint ID and the domain name.',
    '- Or by API, where it is offered to your account: the published v1beta2 specification lists connections, but does',
    '  not name this call.',
    ...instancesOf(endpoints).flatMap(({ instanceId, instanceName, instanceRegionId }) => [
      '',
      `  # ${inComment(instanceName)}`,
      `  printf 'user = "%s:%s"\\n' "$TIDBCLOUD_PUBLIC_KEY" "$TIDBCLOUD_PRIVATE_KEY" |`,
      `    curl --config - --digest --request POST --header 'Content-Type: application/json' \\`,
      `      --data '${postBody(instanceRegionId)}' \\`,
      `      ${baseUrl}${connectionsPath(instanceId)}`,
    ]),
  ];
}

/** Region ids have letters, digits and hyphens only; anything else is left out rather than trusted in a command. */
const postBody = (instanceRegionId: string): string =>
  JSON.stringify({
    regionId: instanceRegionId.replace(/[^A-Za-z0-9-]/g, ''),
    endpointId: 'ENDPOINT_ID',
    privateDomainName: 'ENDPOINT_DOMAIN',
  });

const instancesOf = (endpoints: readonly ExportedEndpoint[]): readonly ExportedEndpoint[] => [
  ...new Map(endpoints.map((endpoint) => [endpoint.instanceId, endpoint])).values(),
];

/** `Private endpoint for orders (TiDB Cloud instance 1001)`, one line for each. */
export const headingOf = (endpoints: readonly ExportedEndpoint[]): readonly string[] =>
  endpoints.map(
    ({ instanceName, instanceId, endpointId }) =>
      `Private endpoint${endpointId === undefined ? '' : ` ${inComment(endpointId)}`} for ${inComment(instanceName)} (TiDB Cloud instance ${inComment(instanceId)})`,
  );

export const asComment = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line === '' ? '#' : `# ${line}`));
