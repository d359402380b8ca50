import { Uri, workspace } from 'vscode';

/** A name for a new document that no open one has: `a.sql`, `a-2.sql`, … */
export function freeUntitledUri(name: string): Uri {
  const taken = new Set(workspace.textDocuments.map(({ uri }) => uri.toString()));
  for (let i = 1; ; i++) {
    const uri = Uri.from({
      scheme: 'untitled',
      path: i === 1 ? name : name.replace(/(?=\.[^.]*$)/, `-${i}`),
    });
    if (!taken.has(uri.toString())) {
      return uri;
    }
  }
}
