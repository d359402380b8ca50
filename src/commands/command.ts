import type { Uri } from 'vscode';
import type { Clock, Log } from '../core/ports';
import type { CommandId } from '../ids';
import type { CommandHandler } from '../platform/commandRunner';
import type { Consoles } from '../platform/consoles';
import type { Notifications } from '../platform/notifications';
import type { Accounts } from '../services/accounts';
import type { Catalog } from '../services/catalog/catalog';
import type { ConnectWith } from '../services/connectWith';
import type { Connections, EndpointRef } from '../services/connections';
import type { DiagnosisSubject } from '../services/diagnosis';
import type { HealthHistory } from '../services/health/history';
import type { HealthMonitor } from '../services/healthMonitor';
import type { Inventory } from '../services/inventory';
import type { CreationRunner } from '../services/provisioning/runner';
import type { SandboxMode } from '../services/sandboxMode';
import type { ResultEntry, Results } from '../services/results';
import type { ProductionMarks } from '../services/productionMarks';
import type { TreeShape } from '../services/treeShape';
import type { SqlDocuments } from '../services/sqlDocuments';
import type { SqlHistory } from '../services/sqlHistory';
import type { SqlRunner } from '../services/sqlRunner';
import type { StatementIndex } from '../services/statementIndex';

/** Everything that commands work with; built in extension.ts. */
export interface CommandServices {
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly connections: Connections;
  readonly catalog: Catalog;
  readonly details: { show(ref: EndpointRef): void };
  readonly healthHistory: Pick<HealthHistory, 'recent'>;
  readonly connectWith: ConnectWith;
  readonly documents: SqlDocuments;
  readonly statements: StatementIndex;
  readonly sqlRunner: SqlRunner;
  readonly history: SqlHistory;
  readonly production: ProductionMarks;
  readonly monitor: HealthMonitor;
  readonly runner: CreationRunner;
  readonly newId: () => string;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
  readonly shape: TreeShape;
  /** Ids of the instances whose details are on the screen. */
  readonly inView: () => readonly string[];
  /** The rows that are selected in the view of the instances. */
  readonly selected: () => readonly unknown[];
  readonly creation: { show(instanceId?: string): void };
  readonly diagnosis: { show(subject: DiagnosisSubject): Promise<void> };
  readonly results: Results;
  readonly resultsView: { reveal(): Promise<void>; readonly shownEntry: ResultEntry | undefined };
  readonly consoles: Consoles;
  readonly sandbox: Pick<SandboxMode, 'id' | 'current' | 'start' | 'stop'>;
  readonly extensionUri: Uri;
  readonly showLog: () => void;
  /** Shows a text that cannot be changed. */
  readonly showText: (title: string, text: string) => Promise<void>;
  /** Aborted when the commands go: what was left running ends too. */
  readonly closed: AbortSignal;
}

export interface Command {
  readonly id: CommandId;
  /** What it does, for messages: «Connect: failed». */
  readonly title: string;
  /** May run several times at once. Any other command ignores a second start on the same row. */
  readonly concurrent?: true;
  readonly handler: (services: CommandServices) => CommandHandler;
}
