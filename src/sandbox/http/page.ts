import { header, type Answer, type IncomingCall } from './exchange';

/** Markup that may go into a page as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Insert = string | Markup | readonly Markup[] | false;

/** Template tag: everything put in is escaped, save markup made by this tag and lists of it. `false` is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Insert[]): Markup {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

function render(value: Insert): string {
  if (value === false) {
    return '';
  }
  if (typeof value === 'string') {
    return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
  }
  return value instanceof Markup ? value.text : value.map(render).join('');
}

/** Colours come in pairs for light and dark, each with a contrast of at least 4.5 to 1. */
const STYLE = `:root{color-scheme:light dark;--text:#1f2328;--page:#fff;--line:#8c959f;--note:#fff3cd;--note-text:#533f03;
--problem:#a40e26;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--page:#0d1117;--line:#6e7681;--note:#3a2d00;--note-text:#f2cc60;
--problem:#ff9492;--link:#79c0ff}}
*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:var(--text);background:var(--page)}a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.sandbox{background:var(--note);color:var(--note-text);border:1px solid var(--line);padding:.5rem 1rem;border-radius:.3rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;border-bottom:1px solid var(--line);padding:.3rem .5rem}
code{overflow-wrap:anywhere}label{display:block;margin:.6rem 0 .1rem}input,select{width:100%;padding:.3rem}
input,select,button{font:inherit}button{margin-top:.6rem;padding:.3rem 1rem}td form{margin:0}td button{margin:0}
.problem{color:var(--problem)}`;

/** A whole page. Nothing is loaded, no script runs, and forms go only to the page's own server. */
export function pageAnswer(title: string, content: Markup, status = 200): Answer {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header class="sandbox">
          This page belongs to a local sandbox. Nothing here reaches a real cloud.
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
  return {
    status,
    headers: {
      'content-type': 'text/html;charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'same-origin',
    },
    body: page.text,
  };
}

/** After a form: shows the page again by a GET, so that reloading it does not send the form twice. */
export function seeOther(location: string): Answer {
  return { status: 303, headers: { location }, body: '' };
}

/**
 * Pages have no sign-in, so two things stand between them and a web site in the same browser: the Host header must name
 * this machine (no name of the site's own that resolves here), and a form must come from one of our own pages.
 */
export function pageRefusal(call: IncomingCall): Answer | undefined {
  const host = header(call, 'host') ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) {
    return pageAnswer(
      'Sandbox',
      html`<p class="problem">This page answers on the loopback address only.</p>`,
      403,
    );
  }
  if (call.method !== 'GET' && header(call, 'origin') !== `http://${host}`) {
    return pageAnswer('Sandbox', html`<p class="problem">Forms are accepted from this page only.</p>`, 403);
  }
  return undefined;
}
