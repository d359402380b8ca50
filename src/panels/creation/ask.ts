import { window } from 'vscode';
import { removalOf, type Creation } from '../../core/creation';
import type { Instance, NewIngressRule, VpcEndpoint, VpcEndpointSpec } from '../../core/model';

/** The questions of the creation panel, each asked once before something that costs, opens or removes. */

async function ask(message: string, detail: string, yes: string): Promise<boolean> {
  return (await window.showInformationMessage(message, { modal: true, detail }, yes)) === yes;
}

export function confirmCreate(
  spec: VpcEndpointSpec,
  instance: Instance,
  existing: readonly VpcEndpoint[],
): Promise<boolean> {
  const zones = spec.zones.map(({ zoneId }) => zoneId).join(', ');
  const there = existing.map(({ id }) => id).join(', ');
  return ask(
    `Create the interface endpoint ${spec.name}?`,
    [
      `It is created in ${spec.vpcId} (${zones}) and registered with ${instance.name} in TiDB Cloud.`,
      ...(there === ''
        ? []
        : [`${spec.vpcId} already has an endpoint for this service (${there}); both are billed.`]),
      'Alibaba Cloud bills it as pay-as-you-go for as long as it exists, for each zone and for traffic.',
    ].join('\n\n'),
    'Create',
  );
}

export const confirmUse = ({ id, name }: VpcEndpoint, instance: Instance): Promise<boolean> =>
  ask(
    `Use the endpoint ${name === '' ? id : `${name} (${id})`}?`,
    `It is registered with ${instance.name} in TiDB Cloud. Nothing is created in Alibaba Cloud.`,
    'Use Endpoint',
  );

export const confirmRules = (
  group: { readonly id: string; readonly name: string },
  rules: readonly NewIngressRule[],
): Promise<boolean> =>
  ask(
    `Add ${rules.length === 1 ? 'this rule' : `these ${rules.length} rules`} to the security group ${group.name === '' ? group.id : `${group.name} (${group.id})`}?`,
    [
      ...rules.map(
        ({ protocol, portRange, sourceCidr }) => `Let in ${protocol} ${portRange} from ${sourceCidr}`,
      ),
      'It counts for everything else that has this security group, too.',
    ].join('\n'),
    'Add',
  );

export const confirmActivation = (): Promise<boolean> =>
  ask(
    'Activate PrivateLink on this Alibaba Cloud account?',
    'PrivateLink is billed as pay-as-you-go: activating it costs nothing by itself, each endpoint costs for as long as it exists, for each zone and for traffic.',
    'Activate',
  );

export type Cancelling = 'remove' | 'leave' | 'goOn';

/** What is to become of a creation, or of a removal, that is not finished. */
export async function askCancel(creation: Creation): Promise<Cancelling> {
  const remove = { title: 'Remove What Was Made' };
  const leave = { title: creation.removal === undefined ? 'Stop and Leave It' : 'Stop Removing' };
  const goOn = { title: 'Go On', isCloseAffordance: true };
  const made = madeBy(creation);
  const canRemove = creation.removal === undefined && made.length > 0;
  const chosen = await window.showWarningMessage(
    creation.removal === undefined
      ? `Cancel the private endpoint for ${creation.instanceName}?`
      : `Stop removing the private endpoint of ${creation.instanceName}?`,
    { modal: true, detail: cancelDetail(creation, made) },
    ...(canRemove ? [remove, leave] : [leave]),
    goOn,
  );
  return chosen === remove ? 'remove' : chosen === leave ? 'leave' : 'goOn';
}

function cancelDetail({ removal, spec, endpointId }: Creation, made: readonly string[]): string {
  if (removal !== undefined) {
    return 'What is not removed yet stays, and may be billed. It is not followed any more.';
  }
  const stays =
    spec === undefined && endpointId !== undefined
      ? [`The endpoint ${endpointId} was there before: it stays in any case.`]
      : [];
  return made.length === 0
    ? ['Nothing was made so far.', ...stays].join('\n\n')
    : [
        `This run has made, and would remove again:\n${made.map((each) => `• ${each}`).join('\n')}`,
        ...stays,
        'What is left as it is stays in the clouds, and is billed.',
      ].join('\n\n');
}

/** In the order in which it would go. */
function madeBy(creation: Creation): readonly string[] {
  const { connection, endpoint } = removalOf(creation);
  const { endpointId, spec, instanceName } = creation;
  const where = spec === undefined ? 'Alibaba Cloud' : spec.vpcId;
  return [
    ...(connection ? [`the private endpoint connection of ${instanceName} in TiDB Cloud`] : []),
    ...(endpoint
      ? [`the endpoint ${endpointId ?? spec?.name ?? ''} in ${where}, with its zones`.replace('  ', ' ')]
      : []),
  ];
}
