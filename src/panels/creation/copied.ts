import type { FromCreation } from '../../protocol/creation';
import { regionOf, type Shown } from './shown';

type CopyTarget = Extract<FromCreation, { type: 'copy' }>['what'];

/** The value behind each copy button; undefined or empty while there is none. */
export function valueToCopy(
  what: CopyTarget,
  { snapshot, draft, progress }: Pick<Shown, 'snapshot' | 'draft' | 'progress'>,
): string | undefined {
  const { verification, service } = draft;
  switch (what) {
    case 'serviceName':
      return service?.serviceName;
    case 'zones':
      return (
        verification.outcome === 'verified' ? verification.service.zones : service?.availableZones
      )?.join(', ');
    case 'regionId':
      return regionOf(snapshot, draft);
    case 'endpointId':
      return progress?.creation.endpointId ?? draft.endpointId;
    case 'domainName':
      return progress?.creation.endpointDomain ?? draft.domainName;
    case 'host':
      return progress?.decision?.kind === 'done' ? progress.decision.host : undefined;
  }
}
