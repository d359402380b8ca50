import type { Clock, Log, TidbCloudApi } from '../../core/ports';
import { isLoopback } from '../baseUrl';
import { downloadCaCertificate } from './caCertificate';
import type { TidbCloudCaller } from './caller';
import { EndpointConnections } from './connections';
import { Instances } from './instances';
import { PublicConnections } from './publicConnection';
import { listRegions } from './regions';

export interface ApiContext {
  readonly baseUrl: URL;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** TiDB Cloud Premium API v1beta2: which part does what. */
export function apiOver(caller: TidbCloudCaller, context: ApiContext): TidbCloudApi {
  const instances = new Instances(caller, context);
  const connections = new EndpointConnections(caller, instances, context);
  const publicConnections = new PublicConnections(caller, context);
  const download = { ...context, allowLoopbackHttp: isLoopback(context.baseUrl) };
  return {
    listInstances: (signal) => instances.list(signal),
    listInstancePages: (signal) => instances.listPages(signal),
    getInstance: (id, signal) => instances.get(id, signal),
    createInstance: (request, signal) => instances.create(request, signal),
    renameInstance: (id, name, signal) => instances.rename(id, name, signal),
    deleteInstance: (id, signal) => instances.delete(id, signal),
    resumeInstance: (id, signal) => instances.resume(id, signal),
    resetRootPassword: (id, password, signal) => instances.resetRootPassword(id, password, signal),
    getHostingAccount: (id, signal) => instances.getHostingAccount(id, signal),
    getPublicConnectionSetting: (id, signal) => publicConnections.get(id, signal),
    updatePublicConnectionSetting: (id, change, signal) => publicConnections.update(id, change, signal),
    listRegions: (signal) => listRegions(caller, signal),
    getPrivateLinkService: (id, signal) => connections.getService(id, signal),
    listConnections: (id, signal) => connections.list(id, signal),
    createConnection: (request, signal) => connections.create(request, signal),
    getConnection: (id, connectionId, signal) => connections.get(id, connectionId, signal),
    deleteConnection: (id, connectionId, signal) => connections.delete(id, connectionId, signal),
    getCaCertificate: async (id, signal) =>
      downloadCaCertificate(await instances.getCaCertificateUrl(id, signal), download, signal),
  };
}
