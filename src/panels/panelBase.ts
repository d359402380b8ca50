import * as v from 'valibot';
import { Uri, type Webview } from 'vscode';
import type { Disposable } from '../core/emitter';
import type { Log } from '../core/ports';

export interface WebviewBundle {
  /** Name of the bundle under `dist/webview`. */
  readonly name: string;
  readonly title: string;
}

/** What a request of a page came to, or why it came to nothing. */
export type PageAnswer = { readonly value: unknown } | { readonly failure: string };

/** The only folder a webview may read from. */
export const webviewRoot = (extensionUri: Uri): Uri => Uri.joinPath(extensionUri, 'dist', 'webview');

/**
 * One webview's page and the messages to and from it. State is sent when the page says that it is ready and again on
 * every change; only the last one counts. Messages that do not fit the schema are refused and logged.
 */
export class WebviewChannel<
  State,
  Schema extends v.GenericSchema<unknown, { readonly type: string }>,
> implements Disposable {
  private ready = false;
  private disposed = false;
  private last: State | undefined;
  private readonly subscription: Disposable;

  constructor(
    private readonly webview: Webview,
    options: {
      readonly extensionUri: Uri;
      readonly bundle: WebviewBundle;
      readonly schema: Schema;
      readonly onMessage: (message: Exclude<v.InferOutput<Schema>, { type: 'ready' }>) => void;
      readonly log: Log;
    },
  ) {
    const { extensionUri, bundle, schema, onMessage, log } = options;
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    this.subscription = webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(schema, message);
      if (!parsed.success) {
        log.warn(`A message of the ${bundle.name} page was refused: ${parsed.issues[0].message}`);
      } else if (parsed.output.type === 'ready') {
        this.ready = true;
        this.flush();
      } else {
        onMessage(parsed.output as Exclude<v.InferOutput<Schema>, { type: 'ready' }>);
      }
    });
    webview.html = page(webview, extensionUri, bundle);
  }

  /** Once the page is gone this does nothing: what was on its way when a person closed it may still come. */
  send(state: State): void {
    this.last = state;
    this.flush();
  }

  /** Answers one request of the page: beside the state, and once. */
  answer(requestId: number, answer: PageAnswer): void {
    if (!this.disposed) {
      void this.webview.postMessage({ type: 'answer', requestId, ...answer });
    }
  }

  dispose(): void {
    this.disposed = true;
    this.subscription.dispose();
  }

  private flush(): void {
    if (this.ready && !this.disposed && this.last !== undefined) {
      void this.webview.postMessage({ type: 'state', state: this.last });
    }
  }
}

function page(webview: Webview, extensionUri: Uri, { name, title }: WebviewBundle): string {
  const nonce = crypto.randomUUID().replaceAll('-', '');
  const root = webviewRoot(extensionUri);
  const script = webview.asWebviewUri(Uri.joinPath(root, `${name}.js`)).toString();
  const style = webview.asWebviewUri(Uri.joinPath(root, `${name}.css`)).toString();
  const policy = [
    `default-src 'none'`,
    `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>${title}</title>
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
