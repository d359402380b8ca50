import * as v from 'valibot';
import type { VpcEndpointSpec } from '../core/model';

/** An endpoint that is only planned, as the creation panel hands it to the command. */
export interface ExportDraft {
  readonly instance: { readonly id: string; readonly name: string; readonly regionId: string };
  readonly spec: VpcEndpointSpec;
}

const text = v.string();

const schema = v.object({
  instance: v.object({ id: text, name: text, regionId: text }),
  spec: v.object({
    regionId: text,
    vpcId: text,
    serviceName: text,
    name: text,
    securityGroupIds: v.array(text),
    zones: v.array(v.object({ zoneId: text, vSwitchId: text })),
    tags: v.record(text, text),
  }),
});

/** Undefined for anything else, for example a row of the tree. */
export function exportDraftFrom(argument: unknown): ExportDraft | undefined {
  const parsed = v.safeParse(schema, argument);
  return parsed.success ? parsed.output : undefined;
}
