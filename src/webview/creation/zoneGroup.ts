import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CreationState, ZoneChoice } from '../../protocol/creation';
import { said, select } from './controls';
import type { View } from './progress';

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
function zonesOfBoth({ zonesOfBoth: both }: CreationState['endpoint']): TemplateResult | typeof nothing {
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

export function zoneGroup(view: View): TemplateResult {
  const { endpoint } = view.state;
  return html`<fieldset class="field">
    <legend class="label">Zone</legend>
    <div class="control zones">
      ${zonesOfBoth(endpoint)}
      ${
        endpoint.zones.length === 0
          ? html`<p class="hint">
              ${
                endpoint.vpcId === undefined
                  ? 'Choose a VPC first.'
                  : endpoint.activity === undefined
                    ? 'The service and this VPC have no zone in common.'
                    : 'Loading…'
              }
            </p>`
          : repeat(
              endpoint.zones,
              (zone) => zone.zoneId,
              (zone) => zoneRow(view, zone),
            )
      }
    </div>
  </fieldset>`;
}
