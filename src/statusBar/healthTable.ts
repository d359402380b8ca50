import { MarkdownString } from 'vscode';
import { counted } from '../core/counted';
import { endpointName } from '../core/health';
import { reachWords } from '../core/reach';
import { cellText } from '../platform/plainText';
import type { EndpointHealth } from '../services/healthMonitor';
import { clockTime } from './clockTime';

/** The worst ones; nobody reads more in a tooltip. */
const mostRows = 20;

const head = ['Endpoint', 'Health', 'TiDB Cloud', 'Alibaba Cloud', 'From Here', 'Since'];

/** The endpoints, the worst first, with what each cloud says of them and what this machine has found. */
export function healthTable(health: readonly EndpointHealth[], nowMs: number): MarkdownString {
  const rows = health.slice(0, mostRows).map((each) => cellsOf(each, nowMs).map(cellText));
  const lines = [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const left = health.length - mostRows;
  const rest = left > 0 ? `\n\nand ${counted(left, 'more', 'more')}` : '';
  return new MarkdownString(lines.join('\n') + rest);
}

function cellsOf({ instance, endpoint, verdict, reach, sinceMs, ...read }: EndpointHealth, nowMs: number) {
  return [
    `${instance.name} · ${endpointName(endpoint)}`,
    read.isStale === true ? `${verdict.word}, ${notReadWords(read.readMs, nowMs)}` : verdict.word,
    connectionWords(endpoint.connection),
    endpointWords(endpoint.endpoint),
    reach === undefined ? 'not tried' : reachWords(reach),
    sinceMs === undefined ? '' : clockTime(sinceMs, nowMs),
  ];
}

/** Of endpoints whose states may be others by now. */
export const notReadWords = (readMs: number | undefined, nowMs: number): string =>
  readMs === undefined ? 'not read yet' : `not read since ${clockTime(readMs, nowMs)}`;

/** As TiDB Cloud's console prints it. */
function connectionWords(connection: EndpointHealth['endpoint']['connection']): string {
  const state = connection?.state ?? 'DISCOVERED';
  return state === 'DISCOVERED' ? 'no connection' : state.charAt(0) + state.slice(1).toLowerCase();
}

/** Its status and, where that says more, its connection's. */
function endpointWords(endpoint: EndpointHealth['endpoint']['endpoint']): string {
  if (endpoint === undefined) {
    return 'not seen from here';
  }
  const { status, connectionStatus, businessStatus } = endpoint;
  return [
    status,
    ...(connectionStatus === 'Connected' ? [] : [connectionStatus]),
    ...(businessStatus === 'FinancialLocked' ? ['locked'] : []),
  ].join(', ');
}
