import { html, nothing, type TemplateResult } from 'lit';
import { activity, type Fact, facts, field, problemBox, said, select } from './controls';
import { instanceCanChange, serviceCopiedFrom, type View } from './progress';
import { waiting } from './waiting';

/** The values that the guide has a person carry from TiDB Cloud to Alibaba Cloud. */
export function serviceFacts(view: View): readonly Fact[] {
  const { service } = view.state.instance;
  if (service === undefined) {
    return [];
  }
  const rows: Fact[] = [];
  if (service.name !== '') {
    rows.push({ label: 'Endpoint Service Name', value: service.name, copy: 'serviceName' });
  }
  if (service.zones.length > 0) {
    rows.push({ label: 'Availability Zone IDs', value: service.zones.join(', '), copy: 'zones' });
  }
  rows.push({ label: 'Region ID', value: service.regionId, copy: 'regionId' });
  return rows;
}

function serviceNotReady(view: View): TemplateResult | typeof nothing {
  return view.state.instance.service?.state === 'CREATING'
    ? html`<p class="activity">
        ${said('waiting', 'Private link service: Creating. This usually takes 3 to 5 minutes.')}
      </p>`
    : nothing;
}

export function instanceStep(view: View): TemplateResult {
  const { instance } = view.state;
  const placeholder = instance.loading
    ? 'Loading instances…'
    : instance.choices.length === 0
      ? 'No instances'
      : 'Choose an instance';
  const chosen = instance.choices.find((choice) => choice.id === instance.instanceId);
  const values = serviceCopiedFrom(view.state) === 'instance' ? serviceFacts(view) : [];
  if (!instanceCanChange(view.state)) {
    const name = { label: 'Instance', value: chosen?.label ?? instance.instanceId ?? '', prose: true };
    return html`${facts(view, [name, ...values])} ${problemBox(view, instance.problem)}`;
  }
  return html`
    ${field(
      'instance',
      'Instance',
      select('instance', instance.choices, instance.instanceId, placeholder, (instanceId) =>
        view.send({ type: 'chooseInstance', instanceId }),
      ),
    )}
    ${instance.loading ? activity('Loading instances') : nothing} ${serviceNotReady(view)}
    ${waiting(view, instance.wait, 'Time until the private link service is Active')}
    ${values.length === 0 ? nothing : facts(view, values)} ${problemBox(view, instance.problem)}
  `;
}
