import { AppError } from '../../core/errors';
import { source } from './errors';

/** Paths under the base URL. @throws AppError `invalidInput` for an id that would lead elsewhere */

export const instancePath = (instanceId: string): string => `/tidbs/${idIn(instanceId, 'an instance id')}`;

export const connectionsPath = (instanceId: string): string =>
  `${instancePath(instanceId)}/privateEndpointConnections`;

export const connectionPath = (instanceId: string, connectionId: string): string =>
  `${connectionsPath(instanceId)}/${idIn(connectionId, 'a private endpoint connection id')}`;

function idIn(id: string, what: string): string {
  if (!/^[\w-]+$/.test(id)) {
    throw new AppError('invalidInput', { source, subject: what, reason: `That is not ${what}` });
  }
  return id;
}
