import { decodePairs, type Answer, type IncomingCall } from '../http/exchange';
import { html, pageAnswer, pageRefusal, seeOther, type Markup } from '../http/page';
import type { Lifecycle } from '../world/lifecycle';
import type { Connection, Endpoint, Instance } from '../world/model';
import type { World } from '../world/world';
import { acceptEndpoint, removeConnection } from './connections';
import { RpcError } from './rpcStatus';

const TITLE = "Sandbox — plays TiDB Cloud's networking page";

/**
 * The page on which a person accepts endpoints where the API does not offer it:
 * `/console/instances/<tidbId>/networking`. It needs no keys, and it is served to this machine's own browser only.
 */
export class NetworkingPage {
  constructor(
    private readonly world: World,
    private readonly lifecycle: Lifecycle,
  ) {}

  handle(call: IncomingCall): Answer {
    const refusal = pageRefusal(call);
    if (refusal) {
      return refusal;
    }
    const match = /^\/console\/instances\/(\d+)\/networking(\/delete)?$/.exec(call.path);
    const instance = match ? this.world.instance(match[1] ?? '') : undefined;
    if (!instance) {
      return pageAnswer(TITLE, this.instanceLinks(), /^\/console\/?$/.test(call.path) ? 200 : 404);
    }
    if (call.method !== 'POST') {
      return this.show(instance);
    }
    const form = new Map(decodePairs(call.body.toString('utf8')));
    try {
      if (match?.[2] === undefined) {
        const domain = form.get('domainName')?.trim() ?? '';
        acceptEndpoint(
          this.world,
          this.lifecycle,
          instance.tidbId,
          form.get('endpointId')?.trim() ?? '',
          domain,
        );
      } else {
        removeConnection(this.world, this.lifecycle, instance.tidbId, form.get('connectionId') ?? '');
      }
      return seeOther(networkingPath(instance.tidbId));
    } catch (error) {
      if (error instanceof RpcError) {
        return this.show(instance, error.message, form, error.status);
      }
      throw error;
    }
  }

  private instanceLinks(): Markup {
    const links = this.world.state.instances.map(
      ({ tidbId, displayName, regionId }) =>
        html`<li><a href="${networkingPath(tidbId)}">${displayName}</a> (${regionId})</li>`,
    );
    return html`<h2>Instances</h2>
      <ul>
        ${links}
      </ul>`;
  }

  private show(
    instance: Instance,
    problem?: string,
    form: ReadonlyMap<string, string> = new Map(),
    status = 200,
  ): Answer {
    const service = this.world.serviceOf(instance.tidbId);
    const path = networkingPath(instance.tidbId);
    const head = html`<p>
        Instance <strong>${instance.displayName}</strong> (${instance.regionId}), ${instance.state}.
        <a href="${path}">Refresh</a> · <a href="/console">All instances</a>
      </p>
      ${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}`;
    if (!service) {
      return pageAnswer(
        TITLE,
        html`${head}
          <p>This instance has no private link service.</p>`,
        status,
      );
    }
    const connections = this.world.connectionsOf(instance.tidbId);
    const discovered = this.world.discovered(service);
    const content = html`${head}
      <h2>Private Link Service</h2>
      <p>${service.state}${service.state !== 'CREATING' && html`: <code>${service.serviceName}</code>`}</p>
      <h2>Private Endpoint Connections</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Status</th>
            <th scope="col">Action</th>
          </tr>
        </thead>
        <tbody>
          ${connections.map((connection) => connectionRow(path, connection))}${discovered.map(discoveredRow)}
        </tbody>
      </table>
      ${connections.length + discovered.length === 0 && html`<p>There are no connections yet.</p>`}
      <h2>Create Private Endpoint Connection</h2>
      <form method="post" action="${path}">
        <label for="endpointId">Endpoint Resource ID</label>
        <input
          id="endpointId"
          name="endpointId"
          required
          autocomplete="off"
          value="${form.get('endpointId') ?? ''}"
        />
        <label for="domainName">Domain Name</label>
        <input
          id="domainName"
          name="domainName"
          required
          autocomplete="off"
          value="${form.get('domainName') ?? ''}"
        />
        <button type="submit">Create Private Endpoint Connection</button>
      </form>`;
    return pageAnswer(TITLE, content, status);
  }
}

function networkingPath(tidbId: string): string {
  return `/console/instances/${tidbId}/networking`;
}

function connectionRow(path: string, { connectionId, endpointId, state, message }: Connection): Markup {
  return html`<tr>
    <td><code>${endpointId}</code></td>
    <td>${state}${message !== '' && html` (${message})`}</td>
    <td>
      <form method="post" action="${path}/delete">
        <input type="hidden" name="connectionId" value="${connectionId}" />
        <button type="submit" aria-label="Delete ${endpointId}">Delete</button>
      </form>
    </td>
  </tr>`;
}

function discoveredRow({ endpointId }: Endpoint): Markup {
  return html`<tr>
    <td><code>${endpointId}</code></td>
    <td>DISCOVERED</td>
    <td></td>
  </tr>`;
}
