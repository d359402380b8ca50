import type { CreationState } from '../../protocol/creation';
import { problemOf } from './problem';
import { isRegistered, waitSince, type Shown } from './shown';

/** Step 4: how far TiDB Cloud is, and where to connect to. */
export function activeStep({ progress, usualMs }: Shown): CreationState['active'] {
  if (progress === undefined || progress.creation.recreate !== undefined) {
    return { status: 'todo' };
  }
  const { creation, decision, seen, error } = progress;
  const connection = typeof seen?.connection === 'object' ? seen.connection : undefined;
  const trouble = isRegistered(creation) && error !== undefined && { problem: problemOf(error) };
  if (decision?.kind === 'done') {
    return { status: 'done', connectionState: 'Active', host: decision.host, port: decision.port };
  }
  if (isRegistered(creation) && decision?.kind === 'wait') {
    return {
      ...waitSince(creation.registeredAtMs, usualMs('connection')),
      ...trouble,
      status: 'working',
      connectionState: connection?.state === 'ACTIVE' ? 'Active' : 'Pending',
      explanation:
        'TiDB Cloud is accepting the endpoint and making its private domain. You can close this panel; you will be told.',
    };
  }
  return trouble === false ? { status: 'todo' } : { status: 'failed', ...trouble };
}
