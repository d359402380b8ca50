import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CreationState, ZoneChoice } from '../../protocol/creation';
import { said, select } from './controls';
import type { View } from './progress';

type Endpoint = CreationState['endpoint'];

function zoneRow(view: View, zone: ZoneChoice): TemplateResult {
  const { zoneId, vSwitches, vSwitchId } = zone;
  const usable = vSwitches.find((vSwitch) => vSwitch.unusable === undefined);
  const reason = zone.unusable ?? (usable === undefined ? 'No usable vSwitch in this zone' : undefined);
  const id = `zone-${zoneId}`;
  const choose = (chosen: string): void => view.send({ type: 'chooseVSwitch', zoneId, vSwitchId: chosen });
  return html`<div class="zone">
    <label class="checkbox">
      <input
        type="checkbox"
        aria-label="Zone ${zoneId}"
        aria-describedby=${reason === undefined ? nothing : `${id}-reason`}
        ?disabled=${reason !== undefined}
        .checked=${live(vSwitchId !== undefined)}
        @change=${(event: Event) =>
          choose((event.target as HTMLInputElement).checked && usable !== undefined ? usable.id : '')}
      />
      <span>${zoneId}</span>
    </label>
    ${
      reason === undefined
        ? select(id, vSwitches, vSwitchId, 'Not used', choose, { name: `vSwitch in ${zoneId}` })
        : html`<span class="zone-reason" id="${id}-reason">${said('warning', reason)}</span>`
    }
  </div>`;
}

/** Which zones the service has and which the VPC, side by side. */
function zonesOfBoth({ zonesOfBoth: both }: Endpoint): TemplateResult | typeof nothing {
  return both === undefined
    ? nothing
    : html`<dl class="both">
        <div>
          <dt>Zones of the service</dt>
          <dd>${both.service.join(', ') || 'None'}</dd>
        </div>
        <div>
          <dt>Zones of the VPC’s vSwitches</dt>
          <dd>${both.vpc.join(', ') || 'None'}</dd>
        </div>
      </dl>`;
}

/** Why there is no zone to choose from; undefined where there is one. */
function noZone({ zonesOfBoth: both, zones, vpcId, activity: doing }: Endpoint): string | undefined {
  if (zones.length > 0 && both?.service.some((zoneId) => both.vpc.includes(zoneId)) !== false) {
    return undefined;
  }
  if (vpcId === undefined) {
    return 'Choose a VPC first.';
  }
  if (both === undefined) {
    return doing === undefined ? 'The zones are shown once the service is verified.' : 'Loading…';
  }
  return 'The service and this VPC have no zone in common. Choose another VPC, or create a vSwitch in one of the service’s zones.';
}

export function zoneGroup(view: View): TemplateResult {
  const { endpoint } = view.state;
  const none = noZone(endpoint);
  return html`<fieldset class="field">
    <legend class="label">Zone</legend>
    <div class="control zones">
      ${zonesOfBoth(endpoint)} ${none === undefined ? nothing : html`<p class="hint">${none}</p>`}
      ${repeat(
        endpoint.zones,
        (zone) => zone.zoneId,
        (zone) => zoneRow(view, zone),
      )}
    </div>
  </fieldset>`;
}
