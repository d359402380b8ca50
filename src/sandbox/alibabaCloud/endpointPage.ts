import { decodePairs, type Answer, type IncomingCall } from '../http/exchange';
import { html, pageAnswer, pageRefusal, seeOther, type Markup } from '../http/page';
import { ALIBABA_REGIONS, alibabaRegion } from '../world/geography';
import type { Endpoint, Vpc } from '../world/model';
import { ApiError } from './apiError';
import type { OperationContext } from './operation';
import { createEndpoint } from './privateLink/create';
import { startDeletion } from './privateLink/modify';

const TITLE = "Sandbox — plays Alibaba Cloud's VPC endpoint console";
const NOT_CHOSEN = '';

/**
 * A page for doing by hand what the API does: `/console/endpoint/<region>` lists endpoints and creates and deletes them.
 * It needs no keys, and it is served to this machine's own browser only.
 */
export class EndpointPage {
  constructor(private readonly parts: Pick<OperationContext, 'world' | 'lifecycle' | 'clock' | 'quotas'>) {}

  handle(call: IncomingCall): Answer {
    const refusal = pageRefusal(call);
    if (refusal) {
      return refusal;
    }
    const [, , section, region, action] = call.path.split('/');
    const wantsRegions = section === 'endpoint' ? (region ?? '') === '' : (section ?? '') === '';
    if (wantsRegions) {
      return pageAnswer(TITLE, regionLinks());
    }
    if (section !== 'endpoint' || region === undefined || !alibabaRegion(region)) {
      return pageAnswer(
        TITLE,
        html`<p class="problem">There is no such page.</p>
          ${regionLinks()}`,
        404,
      );
    }
    const query = new Map(decodePairs(call.queryText));
    if (call.method !== 'POST') {
      return this.show(region, query.get('vpc'));
    }
    const form = new Map(decodePairs(call.body.toString('utf8')));
    try {
      return action === 'delete' ? this.delete(region, form) : this.create(region, form);
    } catch (error) {
      if (error instanceof ApiError) {
        return this.show(region, form.get('vpc'), `${error.code}: ${error.message}`, form, 400);
      }
      throw error;
    }
  }

  private create(region: string, form: ReadonlyMap<string, string>): Answer {
    const zones = [...form]
      .filter(([name, value]) => name.startsWith('zone.') && value !== NOT_CHOSEN)
      .map(([name, value]) => ({ ZoneId: name.slice('zone.'.length), VSwitchId: value, ip: undefined }));
    const group = form.get('securityGroup') ?? NOT_CHOSEN;
    createEndpoint(
      {
        RegionId: region,
        VpcId: form.get('vpc') ?? '',
        ServiceName: form.get('serviceName')?.trim() ?? '',
        ServiceId: undefined,
        SecurityGroupId: group === NOT_CHOSEN ? [] : [group],
        Zone: zones,
        EndpointName: form.get('endpointName')?.trim() ?? '',
        EndpointDescription: undefined,
        Tag: [],
        ProtectedEnabled: undefined,
      },
      { ...this.parts, identity: undefined, validated: () => undefined },
    );
    return seeOther(`/console/endpoint/${region}`);
  }

  private delete(region: string, form: ReadonlyMap<string, string>): Answer {
    const endpoint = this.parts.world.endpoint(form.get('endpointId') ?? '');
    if (endpoint?.region !== region) {
      throw new ApiError(400, 'EndpointNotFound', 'The specified endpoint does not exist.');
    }
    startDeletion(endpoint, this.parts);
    return seeOther(`/console/endpoint/${region}`);
  }

  private show(
    region: string,
    vpcId: string | undefined,
    problem?: string,
    form: ReadonlyMap<string, string> = new Map(),
    status = 200,
  ): Answer {
    const endpoints = this.parts.world.state.endpoints.filter((endpoint) => endpoint.region === region);
    const content = html` <p>
        Region <strong>${region}</strong>. <a href="/console/endpoint/${region}">Refresh</a>
      </p>
      ${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
      <h2>Interface Endpoints</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Domain Name</th>
            <th scope="col">Status</th>
            <th scope="col">Connection Status</th>
            <th scope="col">Action</th>
          </tr>
        </thead>
        <tbody>
          ${endpoints.map((endpoint) => endpointRow(region, endpoint))}
        </tbody>
      </table>
      ${endpoints.length === 0 && html`<p>There are no endpoints in this region.</p>`}
      <h2>Create Endpoint</h2>
      ${this.vpcForm(region, vpcId)} ${this.createForm(region, vpcId, form)}`;
    return pageAnswer(TITLE, content, status);
  }

  /** The VPC is chosen first, because security groups and vSwitches follow from it. */
  private vpcForm(region: string, vpcId: string | undefined): Markup {
    const vpcs = this.parts.world.state.vpcs.filter((vpc) => vpc.region === region);
    return html`<form method="get" action="/console/endpoint/${region}">
      <label for="vpc">VPC</label>
      <select id="vpc" name="vpc">
        ${vpcs.map((vpc) => vpcOption(vpc, vpcId))}
      </select>
      <button type="submit">Choose VPC</button>
    </form>`;
  }

  private createForm(region: string, vpcId: string | undefined, form: ReadonlyMap<string, string>): Markup {
    const { securityGroups, vSwitches } = this.parts.world.state;
    if (vpcId === undefined) {
      return html`<p>Choose a VPC to go on.</p>`;
    }
    const groups = securityGroups.filter((group) => group.vpcId === vpcId);
    const zones = (alibabaRegion(region)?.zones ?? []).map((zoneId) => {
      const choices = vSwitches.filter((vSwitch) => vSwitch.vpcId === vpcId && vSwitch.zoneId === zoneId);
      return html`<label for="zone.${zoneId}">vSwitch in zone ${zoneId}</label>
        <select id="zone.${zoneId}" name="zone.${zoneId}">
          <option value="">None</option>
          ${choices.map(
            ({ vSwitchId, name, cidr }) => html`<option value="${vSwitchId}">${name} (${cidr})</option>`,
          )}
        </select>`;
    });
    return html`<form method="post" action="/console/endpoint/${region}">
      <input type="hidden" name="vpc" value="${vpcId}" />
      <label for="serviceName">Endpoint Service Name</label>
      <input id="serviceName" name="serviceName" required value="${form.get('serviceName') ?? ''}" />
      <label for="endpointName">Endpoint Name</label>
      <input
        id="endpointName"
        name="endpointName"
        required
        value="${form.get('endpointName') ?? 'tidb-cloud'}"
      />
      <label for="securityGroup">Security Group</label>
      <select id="securityGroup" name="securityGroup">
        ${groups.map(
          ({ securityGroupId, name }) =>
            html`<option value="${securityGroupId}">${name} (${securityGroupId})</option>`,
        )}
      </select>
      ${zones}
      <button type="submit">Create Endpoint</button>
    </form>`;
  }
}

function regionLinks(): Markup {
  const links = ALIBABA_REGIONS.map(
    ({ id, localName }) => html`<li><a href="/console/endpoint/${id}">${localName} (${id})</a></li>`,
  );
  return html`<ul>
    ${links}
  </ul>`;
}

function vpcOption(vpc: Vpc, chosen: string | undefined): Markup {
  return html`<option value="${vpc.vpcId}" ${vpc.vpcId === chosen && html` selected`}>
    ${vpc.name} (${vpc.cidr})
  </option>`;
}

function endpointRow(region: string, endpoint: Endpoint): Markup {
  const action = `/console/endpoint/${region}/delete`;
  return html`<tr>
    <td>${endpoint.name}<br /><code>${endpoint.endpointId}</code></td>
    <td><code>${endpoint.domain}</code></td>
    <td>${endpoint.status}</td>
    <td>${endpoint.connectionStatus}</td>
    <td>
      <form method="post" action="${action}">
        <input type="hidden" name="endpointId" value="${endpoint.endpointId}" />
        <button type="submit" aria-label="Delete ${endpoint.endpointId}">Delete</button>
      </form>
    </td>
  </tr>`;
}
