import {
  CodeLens,
  EventEmitter,
  languages,
  Range,
  type CancellationToken,
  type CodeLensProvider,
  type TextDocument,
} from 'vscode';
import type { Disposable } from '../core/emitter';
import type { Statement } from '../core/statements';
import { commands } from '../ids';
import type { SqlDocuments } from '../services/sqlDocuments';
import type { StatementIndex } from '../services/statementIndex';

/** What a lens does is filled in when it comes into sight. */
class StatementLens extends CodeLens {
  constructor(
    range: Range,
    readonly does: (typeof actions)[keyof typeof actions],
    readonly place: { readonly uri: string; readonly offset: number },
  ) {
    super(range);
  }
}

const actions = {
  run: { title: '$(play) Run', tooltip: 'Run this statement', command: commands.runSql },
  explain: {
    title: '$(list-tree) Explain',
    tooltip: 'Run this statement for its plan (EXPLAIN ANALYZE)',
    command: commands.explainSql,
  },
} as const;

/** Those of which people want the plan; of others, the command tells it all the same. */
const offersPlan = /^\(*\s*(?:select|with|table|update|delete)\b/i;

/** `Run` and, where there is a plan, `Explain` over each statement of a bound document. */
export class StatementLenses implements CodeLensProvider<StatementLens>, Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: readonly Disposable[];

  constructor(
    private readonly documents: SqlDocuments,
    private readonly statements: StatementIndex,
  ) {
    this.subscriptions = [
      documents.onDidChange(() => this.changed.fire()),
      languages.registerCodeLensProvider('*', this),
      this.changed,
    ];
  }

  async provideCodeLenses(document: TextDocument, token: CancellationToken): Promise<StatementLens[]> {
    const uri = document.uri.toString();
    if (this.documents.endpointOf(uri) === undefined) {
      return [];
    }
    const { version } = document;
    const statements = await this.statements.of(document);
    if (token.isCancellationRequested || document.version !== version) {
      return [];
    }
    return statements.flatMap((statement) => this.over(document, statement));
  }

  resolveCodeLens(lens: StatementLens): StatementLens {
    const { title, tooltip, command } = lens.does;
    lens.command = { title, tooltip, command, arguments: [lens.place] };
    return lens;
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  private over(document: TextDocument, { start, text }: Statement): readonly StatementLens[] {
    const position = document.positionAt(start);
    const place = { uri: document.uri.toString(), offset: start };
    const range = new Range(position, position);
    const lenses = [new StatementLens(range, actions.run, place)];
    return offersPlan.test(text) ? [...lenses, new StatementLens(range, actions.explain, place)] : lenses;
  }
}
