import { bashString, inComment } from './escape';
import type { CodeWriter, ExportedEndpoint } from './exported';
import { asComment, connectionsPath, headingOf } from './tidbCloud';

/**
 * A bash script of `aliyun` commands, which also registers each endpoint with its instance. Parameters are given as
 * `--Name=value`: the CLI would take a value of its own argument for a flag when it begins with a hyphen.
 */
export const aliyunCommands: CodeWriter = (regionId, endpoints) =>
  `${[
    [
      '#!/usr/bin/env bash',
      ...asComment([
        ...headingOf(endpoints),
        '',
        'Needs aliyun (signed in: aliyun configure), curl and jq, and a TiDB Cloud API key in the environment variables',
        'TIDBCLOUD_PUBLIC_KEY and TIDBCLOUD_PRIVATE_KEY.',
        'It can be run again: an endpoint with the same name for the same service in the same VPC is used, not made anew.',
        'Alibaba Cloud charges for an endpoint from its creation on (pay-as-you-go).',
      ]),
      'set -euo pipefail',
    ].join('\n'),
    `region=${bashString(regionId)}`,
    preamble,
    ...endpoints.map(steps),
  ].join('\n\n')}\n`;

const preamble = `tidb_cloud=\${TIDBCLOUD_BASE_URL:-https://cloud.tidbapi.com}
poll_seconds=\${POLL_SECONDS:-10}
wait_seconds=\${WAIT_SECONDS:-1800}

fail() {
  printf '%s\\n' "$1" >&2
  exit 1
}

: "\${TIDBCLOUD_PUBLIC_KEY:?Set it to the public key of a TiDB Cloud API key}"
: "\${TIDBCLOUD_PRIVATE_KEY:?Set it to the private key of that API key}"
case $tidb_cloud in
  https://* | http://127.0.0.1:* | http://localhost:*) ;;
  *) fail "TIDBCLOUD_BASE_URL must begin with https://" ;;
esac
for program in aliyun curl jq; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done

# privatelink ACTION [--PARAMETER=VALUE...]: one call to Alibaba Cloud
privatelink() {
  local action=$1
  shift
  aliyun privatelink "$action" --region="$region" --RegionId="$region" "$@"
}

# call_tidb_cloud METHOD PATH [curl's options...]: prints the answer and, on the last line, the HTTP status. The key is
# in no argument, where other users of this machine could see it.
call_tidb_cloud() {
  local method=$1 path=$2
  shift 2
  curl --config <(printf 'user = "%s:%s"\\n' "$TIDBCLOUD_PUBLIC_KEY" "$TIDBCLOUD_PRIVATE_KEY") \\
    --digest --silent --show-error --max-time 60 --request "$method" \\
    --write-out '\\n%{http_code}' "$@" "$tidb_cloud$path"
}

# find_endpoint SERVICE VPC NAME: prints the ID of an endpoint that is there already, or nothing
find_endpoint() {
  privatelink ListVpcEndpoints --ServiceName="$1" --VpcId="$2" --MaxResults=50 |
    jq -r --arg name "$3" '[.Endpoints[]
      | select((.EndpointName // "") == $name and .EndpointStatus != "Deleting")][0].EndpointId // empty'
}

# create_endpoint [--PARAMETER=VALUE...]: prints the ID of the new endpoint
create_endpoint() {
  privatelink CreateVpcEndpoint --EndpointType=Interface --ClientToken="export-$(date +%s)-$$-$RANDOM" "$@" |
    jq -er .EndpointId
}

wait_until_active() {
  local status end=$((SECONDS + wait_seconds))
  while :; do
    status=$(privatelink GetVpcEndpointAttribute --EndpointId="$1" | jq -r .EndpointStatus)
    if [ "$status" = Active ]; then
      return
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      fail "$1 is still $status"
    fi
    sleep "$poll_seconds"
  done
}

# connection_of PATH ENDPOINT: prints the state, host, port and message of its connection as JSON, or nothing
connection_of() {
  local answer token=''
  while :; do
    answer=$(call_tidb_cloud GET "$1?pageSize=100&pageToken=$(jq -rn --arg token "$token" '$token | @uri')")
    if [ "\${answer##*$'\\n'}" != 200 ]; then
      fail "TiDB Cloud: $answer"
    fi
    answer=\${answer%$'\\n'*}
    jq -c --arg endpoint "$2" '.privateEndpointConnections[]?
      | select(.endpointId == $endpoint and .endpointState != "DISCOVERED")
      | {endpointState, host, port, message}' <<<"$answer"
    token=$(jq -r '.nextPageToken // empty' <<<"$answer")
    if [ -z "$token" ]; then
      return
    fi
  done
}

# register PATH REGION ENDPOINT: registers the endpoint with its instance and waits until it can be used
register() {
  local answer connection domain state='' end=$((SECONDS + wait_seconds))
  domain=$(privatelink GetVpcEndpointAttribute --EndpointId="$3" | jq -er .EndpointDomain)
  connection=$(connection_of "$1" "$3")
  if [ -z "$connection" ]; then
    answer=$(jq -n --arg regionId "$2" --arg endpointId "$3" --arg privateDomainName "$domain" '$ARGS.named' |
      call_tidb_cloud POST "$1" --header 'Content-Type: application/json' --data-binary @-)
    case \${answer##*$'\\n'} in
      2*) ;;
      403 | 404 | 405 | 501)
        printf '%s\\n' "TiDB Cloud does not take it by API: \${answer%$'\\n'*}" \\
          "On the instance's Networking page, choose Create Private Endpoint Connection and enter:" \\
          "  Endpoint Resource ID: $3" "  Domain Name: $domain" 'Waiting until that is done…' >&2
        ;;
      *) fail "TiDB Cloud: $answer" ;;
    esac
  fi
  while :; do
    connection=$(connection_of "$1" "$3")
    connection=\${connection%%$'\\n'*}
    state=$(jq -r .endpointState <<<"\${connection:-{\\}}")
    case $state in
      ACTIVE)
        jq -r '"Active: \\(.host):\\(.port)"' <<<"$connection"
        return
        ;;
      FAILED) fail "The connection of $3 has failed: $connection. Delete it and run this again." ;;
    esac
    if [ "$SECONDS" -ge "$end" ]; then
      fail "The connection of $3 is still $state"
    fi
    sleep "$poll_seconds"
  done
}`;

function steps({ instanceId, instanceName, instanceRegionId, spec }: ExportedEndpoint): string {
  const parameters: readonly (readonly [string, string])[] = [
    ['ServiceName', spec.serviceName],
    ['VpcId', spec.vpcId],
    ['EndpointName', spec.name],
    ...spec.securityGroupIds.map((id, i) => [`SecurityGroupId.${i + 1}`, id] as const),
    ...spec.zones.flatMap(({ zoneId, vSwitchId }, i) => [
      [`Zone.${i + 1}.ZoneId`, zoneId] as const,
      [`Zone.${i + 1}.VSwitchId`, vSwitchId] as const,
    ]),
    ...Object.entries(spec.tags).flatMap(([key, value], i) => [
      [`Tag.${i + 1}.Key`, key] as const,
      [`Tag.${i + 1}.Value`, value] as const,
    ]),
  ];
  const given = parameters
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--${name}=${bashString(value)}`);
  const sought = [spec.serviceName, spec.vpcId, spec.name].map(bashString).join(' ');
  return `# ${inComment(instanceName)}
endpoint_id=$(find_endpoint ${sought})
if [ -z "$endpoint_id" ]; then
  endpoint_id=$(create_endpoint \\
    ${given.join(' \\\n    ')})
fi
printf '%s\\n' "Endpoint $endpoint_id"
wait_until_active "$endpoint_id"
register ${bashString(connectionsPath(instanceId))} ${bashString(instanceRegionId)} "$endpoint_id"`;
}
