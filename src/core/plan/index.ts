/** One operator of an executed plan (EXPLAIN ANALYZE), with what it took. */
export interface PlanNode {
  /** As the server names it, for example `TableFullScan_5`. */
  readonly operator: string;
  /** What it works on, for example `table:orders, index:by_customer(customer_id)`; may be empty. */
  readonly target: string;
  /** TiDB: `root`, `cop[tikv]`, `cop[tiflash]`, `mpp[tiflash]`; empty elsewhere. */
  readonly task: string;
  readonly estimatedRows?: number;
  readonly actualRows?: number;
  /** Wall time of the operator with everything below it. */
  readonly timeMs?: number;
  /** The operator's own part of that. */
  readonly ownTimeMs?: number;
  /** In the server's words: `1.2 KB`, `N/A`. */
  readonly memory?: string;
  readonly disk?: string;
  /** Conditions, keys and order, in the server's words. */
  readonly details: string;
  /** What happened while it ran, in the server's words. */
  readonly execution: string;
  /** Why a person should look here first; empty for an operator that costs little. */
  readonly warnings: readonly PlanWarning[];
  readonly children: readonly PlanNode[];
}

export type PlanWarning =
  /** A large part of the whole time is its own. */
  | 'slow'
  /** It read far more or far fewer rows than were expected. */
  | 'misestimated'
  /** It read a whole table. */
  | 'fullScan'
  /** It did not fit into memory. */
  | 'spilled';

export interface Plan {
  /** Undefined where the server's form is not known; `text` has it all the same. */
  readonly root?: PlanNode;
  /** What the server sent, for a person to copy. */
  readonly text: string;
}
