import type { Log } from '../../../src/core/ports';
import { Catalog } from '../../../src/services/catalog/catalog';
import { ProductionMarks } from '../../../src/services/productionMarks';
import type { EndpointSql } from '../../../src/tree/nodes/endpointNode';
import type { InstancesTreeOptions } from '../../../src/tree/instancesTree';
import { FakeState } from '../fakes';

/** Nothing is connected to, and nothing is marked as production. */
export const withoutSql = (log: Log): EndpointSql => ({
  catalog: new Catalog({
    connections: { openKnown: () => Promise.resolve(undefined) },
    endpoint: () => undefined,
    log,
  }),
  production: new ProductionMarks(new FakeState(), (id) => id, log),
});

/** Nothing is known beyond the states of both clouds. */
export const withoutHealth: InstancesTreeOptions['health'] = {
  of: () => undefined,
  onDidNote: () => ({ dispose: () => undefined }),
};
