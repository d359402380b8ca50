import type * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { EndpointConnection, Instance, PrivateLinkService } from '../../core/model';
import type { Clock, Log, NewConnection, TidbCloudApi } from '../../core/ports';
import { isLoopback } from '../baseUrl';
import { pageThrough } from '../paging';
import { downloadCaCertificate } from './caCertificate';
import type { TidbCall, TidbCloudCaller } from './caller';
import { source } from './errors';
import * as map from './map';

/** The largest page of every v1beta2 list. */
const pageSize = '100';
const viewer = 'Instance Viewer';
const owner = 'Organization Owner';

export interface ClientContext {
  readonly baseUrl: URL;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** TiDB Cloud Premium API v1beta2, as far as a private endpoint needs it. */
export class TidbCloudClient implements TidbCloudApi {
  constructor(
    private readonly caller: TidbCloudCaller,
    private readonly context: ClientContext,
  ) {}

  listInstances(signal?: AbortSignal): AsyncIterable<Instance> {
    return pageThrough(
      source,
      'ListTidbs',
      async (token) => {
        const page = await this.read(
          'ListTidbs',
          '/tidbs',
          'the instances',
          map.tidbPage,
          signal,
          token ?? '',
        );
        return { items: page.tidbs, next: page.nextPageToken };
      },
      signal,
    );
  }

  async getInstance(instanceId: string, signal?: AbortSignal): Promise<Instance> {
    return this.read('GetTidb', pathOf(instanceId), `instance ${instanceId}`, map.tidb, signal);
  }

  async getPrivateLinkService(instanceId: string, signal?: AbortSignal): Promise<PrivateLinkService> {
    const raw = await this.read(
      'GetPrivateLinkService',
      `${pathOf(instanceId)}/privateLinkService`,
      `the private link service of instance ${instanceId}`,
      map.privateLinkService,
      signal,
    );
    return map.toPrivateLinkService(raw, instanceId);
  }

  listConnections(instanceId: string, signal?: AbortSignal): AsyncIterable<EndpointConnection> {
    return pageThrough(
      source,
      'ListPrivateEndpointConnections',
      async (token) => {
        const page = await this.read(
          'ListPrivateEndpointConnections',
          connectionsPathOf(instanceId),
          `the private endpoint connections of instance ${instanceId}`,
          map.connectionPage,
          signal,
          token ?? '',
        );
        return {
          items: page.privateEndpointConnections.map((raw) => map.toConnection(raw, instanceId)),
          next: page.nextPageToken,
        };
      },
      signal,
    );
  }

  async createConnection(request: NewConnection, signal?: AbortSignal): Promise<EndpointConnection> {
    const { instanceId, regionId, endpointId, privateDomainName } = request;
    try {
      const raw = await this.caller.call(
        {
          operation: 'CreatePrivateEndpointConnection',
          method: 'POST',
          path: connectionsPathOf(instanceId),
          body: { regionId, endpointId, privateDomainName },
          subject: `a private endpoint connection of instance ${instanceId}`,
          role: owner,
          answer: map.connection,
        },
        signal,
      );
      if (raw.endpointId === endpointId) {
        return map.toConnection(raw, instanceId);
      }
      throw new AppError('badAnswer', {
        source,
        subject: 'CreatePrivateEndpointConnection',
        reason: 'the answer to CreatePrivateEndpointConnection is for another endpoint',
      });
    } catch (error) {
      signal?.throwIfAborted();
      return this.afterFailedCreate(request, error, signal);
    }
  }

  async getCaCertificate(instanceId: string, signal?: AbortSignal): Promise<string> {
    const { uri } = await this.read(
      'GetCaCertificateUrl',
      `${pathOf(instanceId)}/caCertificateUrl`,
      `the CA certificate of instance ${instanceId}`,
      map.caCertificateUrl,
      signal,
    );
    const { baseUrl, userAgent, clock, log } = this.context;
    const allowLoopbackHttp = isLoopback(baseUrl);
    return downloadCaCertificate(uri, { allowLoopbackHttp, userAgent, clock, log }, signal);
  }

  /**
   * A create that failed may have happened all the same, now or earlier: the list tells. And a 404 is either an unknown
   * instance or an API that does not offer the call: asking for the instance tells which.
   */
  private async afterFailedCreate(
    request: NewConnection,
    failure: unknown,
    signal: AbortSignal | undefined,
  ): Promise<EndpointConnection> {
    if (!AppError.is(failure)) {
      throw failure;
    }
    if (failure.details.httpStatus === 404 && failure.code !== 'unsupported') {
      await this.getInstance(request.instanceId, signal);
      throw new AppError('unsupported', { ...failure.details, cause: failure });
    }
    if (mayBeRegistered(failure)) {
      const found = await this.findConnection(request, signal);
      if (found !== undefined) {
        return found;
      }
    }
    throw failure;
  }

  /** The failure that led here is the one to tell of, so a list that fails as well tells nothing. */
  private async findConnection(
    request: NewConnection,
    signal: AbortSignal | undefined,
  ): Promise<EndpointConnection | undefined> {
    try {
      for await (const connection of this.listConnections(request.instanceId, signal)) {
        if (connection.endpointId === request.endpointId && connection.state !== 'DISCOVERED') {
          return connection;
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      this.context.log.warn(
        `TiDB Cloud: no look at the connections after a failed create (${String(error)})`,
      );
    }
    return undefined;
  }

  private read<S extends v.GenericSchema>(
    operation: string,
    path: string,
    subject: string,
    answer: S,
    signal: AbortSignal | undefined,
    pageToken?: string,
  ): Promise<v.InferOutput<S>> {
    const call: TidbCall<S> = {
      operation,
      method: 'GET',
      path,
      subject,
      role: viewer,
      answer,
      ...(pageToken === undefined ? {} : { query: { pageSize, ...(pageToken === '' ? {} : { pageToken }) } }),
    };
    return this.caller.call(call, signal);
  }
}

/** An id is part of the path, where dots would lead elsewhere. */
function pathOf(instanceId: string): string {
  if (!/^[\w-]+$/.test(instanceId)) {
    throw new AppError('invalidInput', { source, subject: 'instance', reason: 'That is not an instance id' });
  }
  return `/tidbs/${instanceId}`;
}
const connectionsPathOf = (instanceId: string): string => `${pathOf(instanceId)}/privateEndpointConnections`;

/** Refused as a duplicate (400 or 409), or the outcome is not known. */
function mayBeRegistered(failure: AppError): boolean {
  const { code, details } = failure;
  return (
    code === 'conflict' ||
    (code === 'invalidInput' && details.httpStatus === 400) ||
    ['timeout', 'unreachable', 'cloudFault', 'badAnswer'].includes(code)
  );
}
