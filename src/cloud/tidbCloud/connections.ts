import { AppError } from '../../core/errors';
import type { EndpointConnection, PrivateLinkService } from '../../core/model';
import type { NewConnection } from '../../core/ports';
import type { TidbCloudCaller } from './caller';
import type { ChangeContext } from './changes';
import { mayHaveHappened, removeThenLook, sendThenLook } from './changes';
import { source } from './errors';
import type { Instances } from './instances';
import * as map from './map';
import { connectionPath, connectionsPath, instancePath } from './paths';

const subjectOf = (connectionId: string): string => `private endpoint connection ${connectionId}`;

/**
 * PrivateEndpointConnectionService of v1beta2. The specification has the list and the private link service; to create, get
 * and delete a connection is tried and may be `unsupported`.
 */
export class EndpointConnections {
  constructor(
    private readonly caller: TidbCloudCaller,
    private readonly instances: Instances,
    private readonly context: ChangeContext,
  ) {}

  async getService(instanceId: string, signal?: AbortSignal): Promise<PrivateLinkService> {
    const raw = await this.caller.read(
      {
        operation: 'GetPrivateLinkService',
        path: `${instancePath(instanceId)}/privateLinkService`,
        subject: `the private link service of instance ${instanceId}`,
        answer: map.privateLinkService,
      },
      signal,
    );
    return map.toPrivateLinkService(raw, instanceId);
  }

  async *list(instanceId: string, signal?: AbortSignal): AsyncGenerator<EndpointConnection, void, undefined> {
    yield* this.caller.list(
      {
        operation: 'ListPrivateEndpointConnections',
        path: connectionsPath(instanceId),
        subject: `the private endpoint connections of instance ${instanceId}`,
        answer: map.connectionPage,
      },
      (page) => ({
        items: page.privateEndpointConnections.map((raw) => map.toConnection(raw, instanceId)),
        next: page.nextPageToken,
      }),
      signal,
    );
  }

  async create(request: NewConnection, signal?: AbortSignal): Promise<EndpointConnection> {
    try {
      return await sendThenLook(
        () => this.post(request, signal),
        () =>
          this.find(
            request.instanceId,
            ({ endpointId, state }) => endpointId === request.endpointId && state !== 'DISCOVERED',
            signal,
          ),
        { ...this.context, signal },
        mayBeRegistered,
      );
    } catch (failure) {
      if (!isAmbiguous404(failure)) {
        throw failure;
      }
      // Either the instance is unknown or the API does not offer the call: asking for the instance tells which.
      await this.instances.get(request.instanceId, signal);
      throw notOffered(failure);
    }
  }

  async get(
    instanceId: string,
    connectionId: string,
    signal?: AbortSignal,
  ): Promise<EndpointConnection | undefined> {
    const path = connectionPath(instanceId, connectionId);
    try {
      const raw = await this.caller.read(
        {
          operation: 'GetPrivateEndpointConnection',
          path,
          subject: subjectOf(connectionId),
          answer: map.connection,
        },
        signal,
      );
      if (raw.privateEndpointConnectionId !== connectionId) {
        throw badAnswer('GetPrivateEndpointConnection', 'is for another connection');
      }
      return map.toConnection(raw, instanceId);
    } catch (failure) {
      if (!isAmbiguous404(failure)) {
        throw failure;
      }
      if ((await this.listed(instanceId, connectionId, signal)) !== undefined) {
        throw notOffered(failure);
      }
      return undefined;
    }
  }

  async delete(instanceId: string, connectionId: string, signal?: AbortSignal): Promise<void> {
    const path = connectionPath(instanceId, connectionId);
    const isGone = async (): Promise<boolean> => {
      const left = await this.listed(instanceId, connectionId, signal);
      return left === undefined || left.state === 'DELETING';
    };
    try {
      await removeThenLook(
        () =>
          this.caller.once(
            {
              operation: 'DeletePrivateEndpointConnection',
              method: 'DELETE',
              path,
              subject: subjectOf(connectionId),
              role: 'Organization Owner',
              answer: map.nothing,
            },
            signal,
          ),
        isGone,
        { ...this.context, signal },
      );
    } catch (failure) {
      if (!isAmbiguous404(failure)) {
        throw failure;
      }
      if (!(await isGone())) {
        throw notOffered(failure);
      }
    }
  }

  private async post(request: NewConnection, signal: AbortSignal | undefined): Promise<EndpointConnection> {
    const { instanceId, regionId, endpointId, privateDomainName } = request;
    const raw = await this.caller.once(
      {
        operation: 'CreatePrivateEndpointConnection',
        method: 'POST',
        path: connectionsPath(instanceId),
        body: { regionId, endpointId, privateDomainName },
        subject: `a private endpoint connection of instance ${instanceId}`,
        role: 'Organization Owner',
        answer: map.connection,
      },
      signal,
    );
    if (raw.endpointId !== endpointId) {
      throw badAnswer('CreatePrivateEndpointConnection', 'is for another endpoint');
    }
    return map.toConnection(raw, instanceId);
  }

  /** The connection as the published list has it. @throws AppError `notFound` where the instance is unknown */
  private async listed(
    instanceId: string,
    connectionId: string,
    signal: AbortSignal | undefined,
  ): Promise<EndpointConnection | undefined> {
    await this.instances.get(instanceId, signal);
    return this.find(instanceId, ({ id }) => id === connectionId, signal);
  }

  private async find(
    instanceId: string,
    isIt: (connection: EndpointConnection) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<EndpointConnection | undefined> {
    for await (const connection of this.list(instanceId, signal)) {
      if (isIt(connection)) {
        return connection;
      }
    }
    return undefined;
  }
}

/** A 404 that does not say itself whether it is the route or the thing that is missing. */
function isAmbiguous404(failure: unknown): failure is AppError {
  return AppError.is(failure) && failure.details.httpStatus === 404 && failure.code !== 'unsupported';
}

function badAnswer(operation: string, what: string): AppError {
  return new AppError('badAnswer', {
    source,
    subject: operation,
    reason: `the answer to ${operation} ${what}`,
  });
}

function notOffered(failure: AppError): AppError {
  return new AppError('unsupported', { ...failure.details, cause: failure });
}

/** Refused as a duplicate (400 or 409), or the outcome is not known. */
function mayBeRegistered(failure: AppError): boolean {
  const { code, details } = failure;
  return (
    code === 'conflict' || (code === 'invalidInput' && details.httpStatus === 400) || mayHaveHappened(failure)
  );
}
