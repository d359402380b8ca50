import { html, nothing, svg, type TemplateResult } from 'lit';
import type { LatencyPoint } from '../../protocol/details';
import { span } from '../durations';
import { latencyLine, type Point } from './latencyLine';

const width = 480;
const height = 72;
const margin = 4;

const inWords = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/**
 * The connection times of the last looks over time; the line breaks where nobody looked or nothing answered. The numbers
 * stand beside it.
 *
 * @param when says a point in time in words
 */
export function latencyChart(
  samples: readonly LatencyPoint[],
  when: (atMs: number) => string,
): TemplateResult {
  const answered = samples.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  const [first] = samples;
  const newest = samples.at(-1);
  if (answered.length === 0 || first === undefined || newest === undefined) {
    return html`<p class="hint">Not measured: the private domain has not answered this machine yet.</p>`;
  }
  const sorted = [...answered].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const missed = samples.length - answered.length;
  const spanMs = newest.atMs - first.atMs;
  const words = `Last ${inWords(answered.at(-1) ?? 0)}, median ${inWords(middle)}, highest ${inWords(
    sorted.at(-1) ?? 0,
  )} in ${samples.length} ${samples.length === 1 ? 'look' : 'looks'}${
    spanMs === 0 ? '' : ` over ${span(spanMs)}`
  }${missed === 0 ? '' : `, ${missed} without an answer`}.`;
  const line = latencyLine(samples);
  return html`
    <div class="chart-frame">
      <svg
        class="chart"
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="xMinYMid"
        role="img"
        aria-label="Latency. ${words}"
      >
        <line class="axis" x1="0" x2=${width} y1=${height - 0.5} y2=${height - 0.5}></line>
        ${line.runs.map((run) => svg`<path d=${path(run)}></path>`)}
        ${line.missed.map(
          (x) => svg`<line class="gap" x1=${x * width} x2=${x * width} y1=${margin} y2=${height}></line>`,
        )}
      </svg>
      ${
        spanMs === 0
          ? nothing
          : html`<div class="span hint">
              <time datetime=${new Date(first.atMs).toISOString()}>${when(first.atMs)}</time>
              <time datetime=${new Date(newest.atMs).toISOString()}>${when(newest.atMs)}</time>
            </div>`
      }
    </div>
    <p class="hint">${words}</p>
  `;
}

/** A single point is drawn as a dot. */
function path(run: readonly Point[]): string {
  const at = ({ x, y }: Point): string =>
    `${(x * width).toFixed(1)} ${(height - margin - y * (height - 2 * margin)).toFixed(1)}`;
  const line = `M${run.map(at).join('L')}`;
  return run.length === 1 ? `${line}h0.01` : line;
}
