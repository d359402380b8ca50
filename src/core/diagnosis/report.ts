import type { Redactor } from '../redact';
import { conclude } from './conclusion';
import type { DiagnosisFacts } from './facts';
import type { Line, LineGroup } from './line';
import { alibabaCloudLines, tidbCloudLines } from './cloudLines';
import { wayLines } from './wayLines';

/** All lines of a diagnosis, as far as it has come. */
export const linesOf = (facts: DiagnosisFacts): readonly LineGroup[] => [
  {
    title: facts.route.kind === 'bastion' ? 'The way, through the bastion' : 'The way',
    lines: wayLines(facts),
  },
  { title: 'TiDB Cloud', lines: tidbCloudLines(facts) },
  { title: 'Alibaba Cloud', lines: alibabaCloudLines(facts) },
];

const marks: Readonly<Record<Line['status'], string>> = {
  ok: 'ok',
  warning: 'look',
  failed: 'FAILED',
  skipped: '-',
  running: '…',
  waiting: '…',
};

/** The report as Markdown, for a colleague or for support. What looks like a secret is taken out. */
export function reportOf(
  facts: DiagnosisFacts,
  versions: readonly string[],
  redactor: Pick<Redactor, 'redact'>,
): string {
  const { cause, title, explanation, nextStep } = conclude(facts);
  const text = [
    `# Diagnosis of ${facts.endpointId} (${facts.instanceName})`,
    '',
    `**${title}.** ${explanation}${nextStep === '' ? '' : ` ${nextStep}`}`,
    '',
    `- Cause: \`${cause}\``,
    `- Started: ${utc(facts.startedAtMs)}`,
    `- Private domain: ${facts.host === undefined ? 'none' : `${facts.host}:${facts.port ?? ''}`}`,
    `- Route: ${facts.route.kind === 'bastion' ? `through ${facts.route.destination}` : 'direct'}`,
    `- Remote: ${facts.remoteName ?? 'none'}`,
    ...versions.map((version) => `- ${version}`),
    ...linesOf(facts).flatMap(({ title: group, lines }) => [
      '',
      `## ${group}`,
      '',
      ...lines.flatMap(lineText),
    ]),
    '',
  ].join('\n');
  return redactor.redact(text);
}

const utc = (ms: number): string => new Date(ms).toISOString();

function lineText({
  title,
  status,
  tried,
  outcome,
  startedAtMs,
  elapsedMs,
  details,
  advice,
}: Line): string[] {
  const when =
    startedAtMs === undefined
      ? ''
      : ` (${utc(startedAtMs).slice(11, 23)}Z, ${Math.round(elapsedMs ?? 0)} ms)`;
  return [
    `- [${marks[status]}] ${title}: ${outcome}${when}`,
    `  - ${tried}`,
    ...details.map((detail) => `  - ${detail}`),
    ...(advice === undefined || status === 'ok' ? [] : [`  - To do: ${advice}`]),
  ];
}
