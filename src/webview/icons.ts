import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

const stroke = (d: string): SVGTemplateResult =>
  svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"></path>`;

const ring = svg`<circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.3"></circle>`;

const shapes = {
  todo: ring,
  current: svg`${ring}<circle cx="8" cy="8" r="3" fill="currentColor"></circle>`,
  done: svg`${ring}${stroke('M5 8.3 7.1 10.4 11 5.9')}`,
  failed: svg`${ring}${stroke('M5.8 5.8 10.2 10.2M10.2 5.8 5.8 10.2')}`,
  waiting: svg`${ring}${stroke('M8 4.6V8l2.4 1.6')}`,
  working: stroke('M8 1.7A6.3 6.3 0 1 1 1.7 8'),
  warning: stroke('M8 2 1.8 13.2h12.4ZM8 6.2v3.4M8 11.5v.1'),
  error: svg`${ring}${stroke('M8 4.6v4.2M8 11.2v.1')}`,
  copy: svg`<rect x="5.6" y="5.6" width="8" height="8" rx="1.2" fill="none" stroke="currentColor" stroke-width="1.2"></rect>${stroke('M3.2 10.4H2.6V2.6h7.8v.6')}`,
  skipped: svg`${ring}${stroke('M5.4 8h5.2')}`,
  tick: stroke('M3 8.6 6.3 12 13 4.4'),
  external: stroke('M9.4 2.6h4v4M13.2 2.8 7.6 8.4M6.6 3.6H2.8v9.6h9.6V9.4'),
  info: svg`${ring}${stroke('M8 7.4v3.8M8 4.8v.1')}`,
  close: stroke('M4 4 12 12M12 4 4 12'),
  chevron: stroke('M4 6.2 8 10.2 12 6.2'),
} as const;

export type IconName = keyof typeof shapes;

/** Decoration only: the word beside it says the same, so it is hidden from assistive technology. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${shapes[name]}
  </svg>`;
}
