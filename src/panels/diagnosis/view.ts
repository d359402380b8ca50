import { conclude, type DiagnosisAction } from '../../core/diagnosis/conclusion';
import type { DiagnosisFacts } from '../../core/diagnosis/facts';
import { linesOf } from '../../core/diagnosis/report';
import type { Redactor } from '../../core/redact';
import type { DiagnosisState } from '../../protocol/diagnosis';

const labels: Readonly<Record<DiagnosisAction, string>> = {
  connect: 'Connect',
  enterPassword: 'Enter Password…',
  addRule: 'Add Rule…',
  chooseBastion: 'Choose Bastion…',
  openCreation: 'Open Creation Panel',
  openTidbCloud: 'Open TiDB Cloud Console',
  openAlibabaCloud: 'Open Alibaba Cloud Console',
  openGuide: 'Open the Guide',
  signInTidbCloud: 'Sign In to TiDB Cloud',
  signInAlibabaCloud: 'Sign In to Alibaba Cloud',
  openNetworkSettings: 'Open Proxy Settings',
  runAgain: 'Run Again',
};

export const isAction = (text: string): text is DiagnosisAction => Object.hasOwn(labels, text);
/** The head of the panel has this button already. */
const inHead: readonly DiagnosisAction[] = ['runAgain'];
/** What the panel shows of a diagnosis. */
export function stateOf(facts: DiagnosisFacts, redactor: Pick<Redactor, 'redact'>): DiagnosisState {
  const conclusion = facts.finished ? conclude(facts) : undefined;
  const state: DiagnosisState = {
    heading: `${facts.instanceName} · ${facts.endpointId}`,
    running: !facts.finished,
    sandbox: facts.sandbox,
    startedAtMs: facts.startedAtMs,
    ...(conclusion && {
      conclusion: {
        level: conclusion.level,
        title: conclusion.title,
        explanation: conclusion.explanation,
        nextStep: conclusion.nextStep,
        actions: conclusion.actions
          .filter((id) => !inHead.includes(id))
          .map((id) => ({ id, label: labels[id] })),
      },
    }),
    groups: linesOf(facts),
  };
  return redacted(state, redactor);
}

/** The same with every text in it redacted. */
function redacted<T>(value: T, redactor: Pick<Redactor, 'redact'>): T {
  const clean = (part: unknown): unknown =>
    typeof part === 'string'
      ? redactor.redact(part)
      : Array.isArray(part)
        ? part.map(clean)
        : typeof part === 'object' && part !== null
          ? Object.fromEntries(Object.entries(part).map(([key, each]) => [key, clean(each)]))
          : part;
  return clean(value) as T;
}
