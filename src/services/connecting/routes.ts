import type { PrivateEndpoint } from '../../core/health';
import type { MachineNetwork, SqlRoute } from '../../core/ports';

export interface RoutesOptions {
  /** VPC or endpoint id → what `ssh` takes as its destination. */
  readonly bastions: () => Readonly<Record<string, string>>;
  readonly machine: MachineNetwork;
}

const direct: SqlRoute = { kind: 'direct' };

/** How the private domains are reached: directly, or through the bastion that the person has chosen. */
export class Routes {
  constructor(private readonly options: RoutesOptions) {}

  /** As the settings say: one for the endpoint itself comes before one for its VPC. */
  chosen(vpcId: string | undefined, endpointId?: string): SqlRoute {
    const bastions = new Map(Object.entries(this.options.bastions()));
    const destination = bastions.get(endpointId ?? '') ?? bastions.get(vpcId ?? '');
    return destination === undefined ? direct : { kind: 'bastion', destination };
  }

  /** A machine that is in the VPC itself needs no bastion into it. */
  async to({ endpointId, endpoint }: PrivateEndpoint): Promise<SqlRoute> {
    const vpcId = endpoint?.vpcId;
    const route = this.chosen(vpcId, endpointId);
    const isInside =
      route.kind === 'bastion' && vpcId !== undefined && (await this.options.machine.vpcId()) === vpcId;
    return isInside ? direct : route;
  }
}
