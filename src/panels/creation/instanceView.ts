import { AppError } from '../../core/errors';
import type { InstanceDetails } from '../../services/detailsReader';
import type { Snapshot } from '../../services/inventory';
import type { Loadable } from '../../core/loadable';
import { alibabaRegionOf, type Instance } from '../../core/model';
import type { Choice, CreationState, Problem, StepStatus } from '../../protocol/creation';
import { problem, problemOf } from './problem';
import { regionOf, waitSince, type Shown } from './shown';

/** Step 1: the instances with why some of them cannot be used, and the service of the chosen one. */
export function instanceStep(shown: Shown): CreationState['instance'] {
  const { snapshot, draft, usualMs } = shown;
  const { service } = draft;
  const trouble = instanceProblem(shown);
  return {
    status: instanceStatus(shown, trouble !== undefined),
    loading: snapshot.instances.loading,
    choices: choices(snapshot),
    ...(draft.instanceId !== undefined && { instanceId: draft.instanceId }),
    ...(service !== undefined && {
      service: {
        name: service.serviceName,
        state: service.state,
        zones:
          draft.verification.outcome === 'verified'
            ? draft.verification.service.zones
            : service.availableZones,
        regionId: regionOf(snapshot, draft),
        port: service.port,
      },
    }),
    ...waitSince(draft.serviceCreatingSinceMs, usualMs('service')),
    ...(trouble !== undefined && { problem: trouble }),
  };
}

function instanceStatus({ draft, progress }: Shown, failed: boolean): StepStatus {
  if (progress !== undefined || draft.service?.state === 'ACTIVE') {
    return 'done';
  }
  if (failed) {
    return 'failed';
  }
  return draft.instanceId === undefined ? 'current' : draft.service === undefined ? 'working' : 'waiting';
}

function instanceProblem({ draft, progress }: Shown): Problem | undefined {
  const { service, serviceError } = draft;
  if (progress !== undefined) {
    return undefined;
  }
  if (serviceError !== undefined) {
    return problemOf(serviceError);
  }
  if (service?.state === 'DELETING' || service?.state === 'UNKNOWN') {
    return problem(
      service.state === 'DELETING'
        ? 'TiDB Cloud is deleting the private link service of this instance.'
        : 'The private link service of this instance is in a state that is not known here.',
      'Check the instance in TiDB Cloud, or choose another one.',
      'retry',
      'openTidbCloud',
    );
  }
  return undefined;
}

const choices = ({ instances, details }: Snapshot): readonly Choice[] =>
  (instances.value ?? []).map((instance) => choice(instance, details.get(instance.id)));

function choice(instance: Instance, details: Loadable<InstanceDetails> | undefined): Choice {
  const region = alibabaRegionOf(instance.regionId);
  const unusable = whyNot(instance, details?.error);
  const creating = details?.value?.service.state === 'CREATING';
  return {
    id: instance.id,
    label: instance.name,
    detail: [
      region ?? instance.regionId,
      creating && 'private link service still Creating, usually 3 to 5 minutes',
    ]
      .filter(Boolean)
      .join(' · '),
    ...(unusable !== undefined && { unusable }),
  };
}

function whyNot(instance: Instance, error: unknown): string | undefined {
  if (instance.cloudProvider !== 'alicloud' || alibabaRegionOf(instance.regionId) === undefined) {
    return `hosted on ${instance.cloudProvider === 'aws' ? 'AWS' : 'another cloud'}, not on Alibaba Cloud`;
  }
  if (instance.state !== 'ACTIVE') {
    return `${instance.state}, not ACTIVE`;
  }
  return AppError.is(error) && error.code === 'notAllowed' && error.details.source === 'TiDB Cloud'
    ? 'your TiDB Cloud API key may not see its private link service'
    : undefined;
}
