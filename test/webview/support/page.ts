import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/editor/browser';
import { theme, type ThemeName } from './themes';

const root = path.resolve(__dirname, '../../..');
const screenshots = path.join(root, '.cache/screenshots/webview');
const origin = 'http://webview.invalid';

export type Bundle = 'creation' | 'details' | 'diagnosis' | 'results';

let files: ReadonlyMap<string, string> | undefined;

/** The pages, built as scripts/build.mjs builds them. */
async function built(): Promise<ReadonlyMap<string, string>> {
  if (files === undefined) {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: {
        creation: 'src/webview/creation/main.ts',
        details: 'src/webview/details/main.ts',
        diagnosis: 'src/webview/diagnosis/main.ts',
        results: 'src/webview/results/main.ts',
      },
      outdir: 'dist/webview',
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      target: 'chrome120',
      tsconfig: 'src/webview/tsconfig.json',
      logLevel: 'warning',
    });
    files = new Map(outputFiles.map((file) => [`/${path.basename(file.path)}`, file.text]));
  }
  return files;
}

const html = (bundle: Bundle, bodyClass: string): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${origin}; font-src ${origin}; style-src ${origin}; script-src 'nonce-once'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="/${bundle}.css" />
    <title>${bundle}</title>
  </head>
  <body class="${bodyClass}">
    <script nonce="once" src="/editor.js"></script>
    <script nonce="once" src="/${bundle}.js"></script>
  </body>
</html>`;

/** Runs before the page's own script: what the editor gives a webview, and a record of what the page does with it. */
const editor = (variables: Record<string, string>): string => `
  window.sent = [];
  window.saved = [];
  window.refused = [];
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => {
      window.sent.push(structuredClone(message));
      window.toHost?.(message);
    },
    setState: (state) => window.saved.push(structuredClone(state)),
    getState: () => undefined,
  });
  document.addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective + ' ' + event.blockedURI));
  for (const [name, value] of Object.entries(${JSON.stringify(variables)})) {
    document.documentElement.style.setProperty(name, value);
  }
  const defaults = new CSSStyleSheet();
  defaults.replaceSync('@layer vscode-default { html { background: var(--vscode-editor-background); } body { padding: 0 20px; color: var(--vscode-editor-foreground); } }');
  document.adoptedStyleSheets = [defaults];
`;

export async function openBrowser(): Promise<Browser> {
  await built();
  return launchBrowser();
}

/** A page as it runs inside the editor, and the host's side of it. */
export class Webview {
  private readonly mistakes: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    bundle: Bundle,
    { theme: name = 'dark', width = 900 }: { theme?: ThemeName; width?: number } = {},
  ): Promise<Webview> {
    const sources = await built();
    const { body, variables } = theme(name);
    const page = await browser.newPage({ viewport: { width, height: bundle === 'results' ? 320 : 900 } });
    const webview = new Webview(page);
    page.on('pageerror', (error) => webview.mistakes.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        webview.mistakes.push(message.text());
      }
    });
    await page.route('**/*', async (route) => {
      const { pathname } = new URL(route.request().url());
      const contentType = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
      const source = pathname === '/editor.js' ? editor(variables) : sources.get(pathname);
      await (pathname === '/'
        ? route.fulfill({ contentType: 'text/html', body: html(bundle, body) })
        : source === undefined
          ? route.abort()
          : route.fulfill({ contentType, body: source }));
    });
    await page.goto(`${origin}/`);
    return webview;
  }

  /** Posts a state, and comes back when it is drawn. */
  async show(state: unknown): Promise<void> {
    await this.page.evaluate(
      `new Promise((drawn) => {
        window.postMessage(${JSON.stringify({ type: 'state', state })}, '*');
        requestAnimationFrame(() => requestAnimationFrame(drawn));
      })`,
    );
  }

  /** Has the extension's side answer what the page asks. Nobody else can be asked meanwhile. */
  async answerWith(answer: (message: unknown) => Promise<unknown>): Promise<void> {
    await this.page.exposeFunction('toHost', async (message: unknown) => {
      const reply = await answer(message);
      if (reply !== undefined && !this.page.isClosed()) {
        await this.page.evaluate(`window.postMessage(${JSON.stringify(reply)}, '*')`);
      }
    });
  }

  /** Comes back when the expression is true in the page. (waitForFunction needs eval, which the policy forbids.) */
  async until(expression: string): Promise<void> {
    await this.page.evaluate(
      `new Promise((done, failed) => {
        const end = performance.now() + 10_000;
        const look = () => (${expression}) ? done()
          : performance.now() > end ? failed(new Error(${JSON.stringify(`never: ${expression}`)}))
          : requestAnimationFrame(look);
        look();
      })`,
    );
  }

  /** What the page sent since the last call. */
  async sent(): Promise<unknown[]> {
    return this.page.evaluate('window.sent.splice(0)');
  }

  async saved(): Promise<unknown[]> {
    return this.page.evaluate('window.saved');
  }

  /** Errors on the console, errors nobody caught, and what the Content Security Policy refused. */
  async faults(): Promise<string[]> {
    return [...this.mistakes, ...(await this.page.evaluate<string[]>('window.refused'))];
  }

  /** axe-core's violations of any weight, as `rule: where`. */
  async violations(): Promise<string[]> {
    if (!(await this.page.evaluate<boolean>('"axe" in window'))) {
      await this.page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
    }
    return this.page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ' ' + failureSummary)))`,
    );
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** Opens a page before each test of the enclosing `describe`, and after each one holds it to having no faults. */
export function everyTestOpens(bundle: Bundle): { readonly webview: Webview; readonly page: Page } {
  let browser: Browser;
  let webview: Webview;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    webview = await Webview.open(browser, bundle);
  });
  afterEach(async () => {
    assert.deepEqual(await webview.faults(), []);
    await webview.close();
  });
  return {
    get webview() {
      return webview;
    },
    get page() {
      return webview.page;
    },
  };
}
