import * as vscode from 'vscode';

/** What the editor offers at a column of the first line, as it is shown. */
export async function offeredAt({ uri }: vscode.TextDocument, column: number): Promise<readonly string[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    uri,
    new vscode.Position(0, column),
  );
  return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

/** What the editor tells of what is at a column of the first line. */
export async function toldAt({ uri }: vscode.TextDocument, column: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    new vscode.Position(0, column),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}
