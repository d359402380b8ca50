import type { ConnectionValues, OperatingSystem } from '../core/connectWith';
import type { PrivateEndpoint } from '../core/health';
import type { CaFiles, StateStore } from '../core/ports';
import type { Connections } from './connections';

export interface ConnectWithOptions {
  readonly connections: Pick<Connections, 'login'>;
  readonly state: StateStore;
  readonly lastKey: string;
  readonly caFiles: CaFiles;
  readonly os: OperatingSystem;
}

/** Every instance has it at first. */
const usualDatabase = 'test';

/** What other programs need to connect to an endpoint. */
export class ConnectWith {
  constructor(private readonly options: ConnectWithOptions) {}

  /** The id of the way to connect that was chosen last. */
  get last(): string | undefined {
    const last = this.options.state.get(this.options.lastKey);
    return typeof last === 'string' ? last : undefined;
  }

  remember(methodId: string): Promise<void> {
    return this.options.state.set(this.options.lastKey, methodId);
  }

  /** Without the password. The certificate of the instance's authority is in a file afterwards. */
  async values(endpoint: PrivateEndpoint, signal?: AbortSignal): Promise<ConnectionValues> {
    const { connections, caFiles, os } = this.options;
    const {
      host,
      port,
      user,
      database = usualDatabase,
      caCertificatePem,
    } = await connections.login(endpoint, signal);
    const caPath = await caFiles.write(endpoint.instanceId, caCertificatePem);
    return { host, port, user, database, caPath, os };
  }
}
