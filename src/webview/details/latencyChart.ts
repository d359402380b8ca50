import { html, svg, type TemplateResult } from 'lit';
import type { DetailsState } from '../../protocol/details';

type Samples = DetailsState['latency'];

const width = 320;
const height = 72;
const margin = 4;

const inWords = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/** The connection times of the last looks as a line; gaps are looks without an answer. The numbers stand beside it. */
export function latencyChart(samples: Samples): TemplateResult {
  const answered = samples.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  if (answered.length === 0) {
    return html`<p class="hint">Not measured: the private domain has not answered this machine yet.</p>`;
  }
  const most = Math.max(...answered);
  const sorted = [...answered].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const last = answered.at(-1) ?? 0;
  const missed = samples.length - answered.length;
  const words = `Last ${inWords(last)}, median ${inWords(middle)}, highest ${inWords(most)} in ${samples.length} ${
    samples.length === 1 ? 'look' : 'looks'
  }${missed === 0 ? '' : `, ${missed} without an answer`}.`;
  return html`
    <svg
      class="chart"
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="xMinYMid"
      role="img"
      aria-label="Latency. ${words}"
    >
      <line class="axis" x1="0" x2=${width} y1=${height - 0.5} y2=${height - 0.5}></line>
      ${pathsOf(samples, most).map((d) => svg`<path d=${d}></path>`)}
      ${gapsOf(samples).map((x) => svg`<line class="gap" x1=${x} x2=${x} y1=${margin} y2=${height}></line>`)}
    </svg>
    <p class="hint">${words}</p>
  `;
}

const step = (samples: Samples): number => width / Math.max(1, samples.length - 1);

/** One path for each run of answers; a single one is drawn as a dot. */
function pathsOf(samples: Samples, most: number): readonly string[] {
  const paths: string[] = [];
  let current: string[] = [];
  const end = (): void => {
    if (current.length > 0) {
      paths.push(current.length === 1 ? `${current[0] ?? ''}h0.01` : current.join(''));
      current = [];
    }
  };
  samples.forEach(({ latencyMs }, index) => {
    if (latencyMs === undefined) {
      end();
      return;
    }
    const x = index * step(samples);
    const y = height - margin - (latencyMs / Math.max(most, 1)) * (height - 2 * margin);
    current.push(`${current.length === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
  });
  end();
  return paths;
}

const gapsOf = (samples: Samples): readonly number[] =>
  samples.flatMap(({ latencyMs }, index) => (latencyMs === undefined ? [index * step(samples)] : []));
