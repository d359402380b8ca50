/** A RAM policy document, version 1. */
export interface RamPolicy {
  readonly Version: string;
  readonly Statement: readonly RamStatement[];
}

export interface RamStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** `full`: all that the extension can do; `withoutRemoving`: the same, but nothing is deleted; `readOnly`: it only looks. */
export type RamPolicyScope = 'full' | 'withoutRemoving' | 'readOnly';

const removes = /:(Delete|Remove|Untag|Detach)/;
const reads = /:(Describe|List|Get|Check)/;

const actionsOf = ({ Action }: RamStatement): readonly string[] =>
  typeof Action === 'string' ? [Action] : Action;

/**
 * The shipped policy, narrowed. `*` stands for a region or account that is not known: a policy reaches no further than the
 * account that it is attached in.
 */
export function ramPolicyFor(
  shipped: RamPolicy,
  scope: RamPolicyScope,
  { regionId = '*', accountId = '*' }: { readonly regionId?: string; readonly accountId?: string },
): RamPolicy {
  const wanted = (action: string): boolean =>
    scope === 'full' || (scope === 'readOnly' ? reads.test(action) : !removes.test(action));
  const fill = (resource: string): string =>
    resource.replaceAll('<region>', regionId).replaceAll('<account>', accountId);
  return {
    ...shipped,
    Statement: shipped.Statement.map((statement) => ({
      ...statement,
      Action: actionsOf(statement).filter(wanted),
      Resource:
        typeof statement.Resource === 'string' ? fill(statement.Resource) : statement.Resource.map(fill),
    })).filter(({ Action }) => Action.length > 0),
  };
}
