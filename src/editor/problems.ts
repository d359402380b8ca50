import {
  Diagnostic,
  DiagnosticSeverity,
  languages,
  Range,
  workspace,
  type TextDocument,
  type TextDocumentChangeEvent,
} from 'vscode';
import type { Disposable } from '../core/emitter';
import { AppError, wordingOf } from '../core/errors';
import { errorRange, type TextRange } from '../core/errorRange';
import type { SqlRunner, StatementEnd } from '../services/sqlRunner';

interface Problem {
  /** Of the statement. */
  readonly start: number;
  readonly end: number;
  /** Of what is wrong in it. */
  readonly range: TextRange;
  readonly message: string;
  readonly code: string | undefined;
}

/** The errors of statements, at their place in the document, until the statement is changed or something is run again. */
export class StatementProblems implements Disposable {
  private readonly collection = languages.createDiagnosticCollection('tidb-sql');
  private readonly shown = new Map<string, readonly Problem[]>();
  private readonly subscriptions: readonly Disposable[];

  constructor(runner: SqlRunner) {
    this.subscriptions = [
      runner.onDidBegin(({ document }) => {
        if (document !== undefined) {
          this.clear(document);
        }
      }),
      runner.onDidEndStatement((end) => this.add(end)),
      workspace.onDidChangeTextDocument((change) => this.follow(change)),
      workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
        if (isClosed) {
          this.clear(uri.toString());
        }
      }),
      this.collection,
    ];
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
  }

  private clear(uri: string): void {
    this.show(uri, []);
  }

  private show(uri: string, problems: readonly Problem[]): void {
    const document = documentOf(uri);
    if (problems.length === 0) {
      this.shown.delete(uri);
    } else {
      this.shown.set(uri, problems);
    }
    if (document !== undefined) {
      this.collection.set(
        document.uri,
        problems.map((problem) => diagnosticOf(problem, document)),
      );
    }
  }

  /** What the server says of a statement; that the connection was lost is no fault of the text. */
  private add({ run, statement, error }: StatementEnd): void {
    const document = documentOf(run.document);
    if (document === undefined || !AppError.is(error) || error.code !== 'sqlStatement') {
      return;
    }
    const start = placeOf(document, statement);
    if (start === undefined) {
      return;
    }
    const { reason = '', serviceCode } = error.details;
    const problem: Problem = {
      ...{ start, end: start + statement.text.length, code: serviceCode },
      range: errorRange(statement.text, reason),
      message: wordingOf(error).message,
    };
    const uri = document.uri.toString();
    this.show(uri, [...(this.shown.get(uri) ?? []), problem]);
  }

  /** Text before the statement moves it; text in it makes its error a thing of the past. */
  private follow({ document, contentChanges }: TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    const before = this.shown.get(uri);
    if (before === undefined || contentChanges.length === 0) {
      return;
    }
    let problems = before;
    // In the order in which the editor gives them, from the last in the text to the first: each with offsets of its own.
    for (const { rangeOffset, rangeLength, text } of contentChanges) {
      const by = text.length - rangeLength;
      problems = problems.flatMap((problem): readonly Problem[] => {
        if (rangeOffset >= problem.end) {
          return [problem];
        }
        return rangeOffset + rangeLength <= problem.start ? [moved(problem, by)] : [];
      });
    }
    this.show(uri, problems);
  }
}

const moved = (problem: Problem, by: number): Problem => ({
  ...problem,
  start: problem.start + by,
  end: problem.end + by,
});

function diagnosticOf({ start, range, message, code }: Problem, document: TextDocument): Diagnostic {
  const from = document.positionAt(start + range.start);
  const to = document.positionAt(start + range.end);
  const diagnostic = new Diagnostic(new Range(from, to), message, DiagnosticSeverity.Error);
  diagnostic.source = 'SQL';
  if (code !== undefined) {
    diagnostic.code = code;
  }
  return diagnostic;
}

const documentOf = (uri: string | undefined): TextDocument | undefined =>
  workspace.textDocuments.find((document) => document.uri.toString() === uri);

/** The document may have been written in while the statement ran: then it is where its text is found, if that is certain. */
function placeOf(
  document: TextDocument,
  { text, start }: { readonly text: string; readonly start: number },
): number | undefined {
  const all = document.getText();
  if (all.startsWith(text, start)) {
    return start;
  }
  const found = all.indexOf(text);
  return found >= 0 && all.indexOf(text, found + 1) < 0 ? found : undefined;
}
