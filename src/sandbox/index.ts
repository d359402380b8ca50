/** The local clouds: TiDB Cloud and Alibaba Cloud over loopback HTTP, for the demo, the tests and trying the product. */
export { startSandbox } from './startSandbox';
export { startPracticeSandbox } from './practice';
export { startPracticeDatabase } from './database';
export type { PracticeDatabase, PracticeDatabaseOptions } from './database';
export type { Sandbox, SandboxOptions } from './options';
export type { SandboxControl } from './control';
export type { Quotas } from './alibabaCloud/quotas';
export type { Fault, FaultRule } from './faults';
export type { SandboxSeed, SeedInstance, SeedNetwork, SeedRole, SeedVpc } from './world/seed';
export type * from './world/model';
export type { WorldSnapshot } from './world/world';
export { manyInstances } from './world/seed';
