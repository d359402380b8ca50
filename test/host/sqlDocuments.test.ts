import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SqlSession } from '../../src/core/ports';
import { commands } from '../../src/ids';
import { createSqlConnector } from '../../src/sql';
import { databaseOfSuite, until, type Database } from './byHand';
import { offeredAt, toldAt } from './languageFeatures';
import { Clouds, Person } from './stage';

describe('SQL documents, in the editor', function () {
  this.timeout(60_000);
  const { window, workspace } = vscode;
  const { createInputBox } = window;
  const person = new Person();
  let clouds: Clouds;
  let database: Database;
  let session: SqlSession;
  let row: { readonly instanceId: string; readonly endpointId: string };

  const query = async (statement: string): Promise<readonly (readonly (string | null)[])[]> =>
    (await session.run(statement, { maxRows: 1000, timeoutMs: 10_000 })).rows;
  const lenses = async ({ uri }: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> =>
    vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 1000);
  const problems = ({ uri }: vscode.TextDocument): readonly vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'SQL');
  const replaceAll = async (editor: vscode.TextEditor, text: string): Promise<void> => {
    const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
    assert.ok(await editor.edit((edit) => edit.replace(all, text)));
  };
  let opened = 0;
  /** Under a name of its own: the editor may give one that was just closed the text that it had before. */
  const open = async (content: string): Promise<vscode.TextEditor> => {
    const uri = vscode.Uri.from({ scheme: 'untitled', path: `under-test-${++opened}.sql` });
    const editor = await window.showTextDocument(await workspace.openTextDocument(uri));
    await replaceAll(editor, content);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    return editor;
  };
  /** A document that runs on the endpoint. */
  const openBound = async (content: string): Promise<vscode.TextEditor> => {
    const editor = await open(content);
    person.picks = ({ label }) => label === 'by-hand';
    await vscode.commands.executeCommand(commands.switchConnection);
    assert.deepEqual(person.told, []);
    return editor;
  };
  const select = (editor: vscode.TextEditor, from: string, to = from): void => {
    const text = editor.document.getText();
    const start = editor.document.positionAt(text.indexOf(from));
    const end = to === from ? start : editor.document.positionAt(text.indexOf(to) + to.length);
    editor.selection = new vscode.Selection(start, end);
  };

  before(async () => {
    database = databaseOfSuite();
    const log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    session = await createSqlConnector({ log }).open({
      ...{ host: 'localhost', port: database.port, user: database.user, password: database.password },
      caCertificatePem: database.caCertificatePem,
    });
    person.sitDown();
    Object.assign(window, {
      createInputBox: () => {
        let accept = (): void => undefined;
        const nothing = (): vscode.Disposable => new vscode.Disposable(() => undefined);
        return {
          value: database.password,
          ...{ onDidChangeValue: nothing, onDidTriggerButton: nothing, onDidHide: nothing },
          onDidAccept: (listener: () => void) => {
            accept = listener;
            return nothing();
          },
          show: () => setImmediate(() => accept()),
          dispose: () => undefined,
        };
      },
    });
    clouds = await Clouds.start({
      timeScale: 600,
      requestsPerMinute: 10_000,
      sql: { port: database.port, caCertificatePem: database.caCertificatePem },
    });
    await clouds.signInToAlibabaCloud(person);
    row = await clouds.endpointByHand('by-hand');
    await vscode.commands.executeCommand(commands.refresh);
    await query('CREATE DATABASE IF NOT EXISTS told');
    await query('USE told');
    await query('CREATE OR REPLACE TABLE told (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(99))');
  });

  beforeEach(async () => {
    person.rest();
    await query('DELETE FROM told');
  });

  afterEach(async () => {
    while (window.activeTextEditor !== undefined) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });

  after(async () => {
    await vscode.commands.executeCommand(commands.disconnect, row);
    await clouds.signOutOfAlibabaCloud(person);
    Object.assign(window, { createInputBox });
    person.standUp();
    await query('DROP DATABASE told');
    await session.close();
    await clouds.stop();
  });

  const told3 = ['one', 'two', 'three']
    .map((what) => `INSERT INTO told.told (what) VALUES ('${what}');`)
    .join('\n');
  const whats = async (): Promise<readonly unknown[]> =>
    (await query('SELECT what FROM told ORDER BY id')).map(([what]) => what);

  it('have a lens over each statement once they are bound, and none before or after', async () => {
    const { document } = await open('SELECT 1;\n\n-- two\nSELECT\n  2;');
    assert.deepEqual(await lenses(document), []);
    person.picks = ({ label }) => label === 'by-hand';
    await vscode.commands.executeCommand(commands.switchConnection);
    const runs = (await lenses(document)).filter(({ command }) => command?.command === commands.runSql);
    assert.deepEqual(
      runs.map(({ range }) => range.start.line),
      [0, 3],
    );
    person.picks = ({ label }) => label === 'Disconnect';
    await vscode.commands.executeCommand(commands.switchConnection);
    assert.deepEqual(await lenses(document), []);
  });

  it('run the statement of a lens, the one under the cursor, the selection, or all', async () => {
    const editor = await openBound(told3);
    const [, second] = await lenses(editor.document);
    assert.ok(second?.command);
    await vscode.commands.executeCommand(
      commands.runSql,
      (second.command.arguments as readonly unknown[])[0],
    );
    select(editor, "'three'");
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual([person.shown, await whats()], [[], ['two', 'three']]);
    select(editor, 'INSERT', "('two')");
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual(await whats(), ['two', 'three', 'one', 'two']);
    await vscode.commands.executeCommand(commands.runAllSql);
    assert.deepEqual(await whats(), ['two', 'three', 'one', 'two', 'one', 'two', 'three']);
    assert.deepEqual(person.told, []);
  });

  it('show an error at its line until the text is changed', async () => {
    const editor = await openBound(
      "\nSELECT 1;\nINSERT INTO told.told (what) VALUES ('x');\nSELECT id,\n  nme\nFROM told.told;\nSELECT 2;",
    );
    await vscode.commands.executeCommand(commands.runAllSql);
    const [problem, ...others] = problems(editor.document);
    assert.ok(problem);
    assert.deepEqual(others, []);
    assert.match(problem.message, /Unknown column 'nme'/);
    assert.equal(problem.code, 'ER_BAD_FIELD_ERROR');
    assert.equal(editor.document.getText(problem.range), 'nme');
    assert.equal(problem.range.start.line, 4);
    assert.deepEqual(await whats(), ['x']);

    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '-- above\n'));
    await until('it has moved', () => problems(editor.document)[0]?.range.start.line === 5);
    assert.equal(editor.document.getText(problems(editor.document)[0]?.range), 'nme');
    await editor.edit((edit) => edit.insert(new vscode.Position(5, 3), 'a'));
    await until('it is gone', () => problems(editor.document).length === 0);
  });

  it('keep an error away once something is run again', async () => {
    const editor = await openBound('SELECT nothing;\nSELECT 1;');
    select(editor, 'SELECT nothing');
    await vscode.commands.executeCommand(commands.runSql);
    assert.equal(problems(editor.document).length, 1);
    select(editor, 'SELECT 1');
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual(problems(editor.document), []);
  });

  it('ask before they change everything on production, and only then', async () => {
    const editor = await openBound('DELETE FROM told.told;');
    await query("INSERT INTO told (what) VALUES ('kept')");
    await vscode.commands.executeCommand(commands.markProduction, row);
    await vscode.commands.executeCommand(commands.runSql);
    assert.equal(person.asked.length, 1);
    assert.match(person.asked[0]?.message ?? '', /by-hand, which is marked as production/);
    assert.match(
      person.asked[0]?.detail ?? '',
      /DELETE FROM told\.told\nThis deletes every row of told\.told\./,
    );
    assert.deepEqual(await whats(), ['kept']);
    person.answers = ({ kind, buttons }) => (kind === 'warning' ? buttons[0] : undefined);
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual(await whats(), []);

    await query("INSERT INTO told (what) VALUES ('kept')");
    person.shown.length = 0;
    await replaceAll(editor, "DELETE FROM told.told WHERE what = 'kept';");
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual([person.asked, await whats()], [[], []]);
    await vscode.commands.executeCommand(commands.unmarkProduction, row);
    await replaceAll(editor, 'DELETE FROM told.told;');
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual(person.asked, []);
  });

  it('run one statement at a time, and cancel it', async () => {
    const editor = await openBound("SELECT SLEEP(30);\nINSERT INTO told.told (what) VALUES ('x');");
    const running = vscode.commands.executeCommand(commands.runAllSql);
    await until('it runs', async () =>
      (await query('SHOW FULL PROCESSLIST')).some((row) => row.includes('SELECT SLEEP(30)')),
    );
    select(editor, 'INSERT');
    await vscode.commands.executeCommand(commands.runSql);
    assert.match(person.asked[0]?.message ?? '', /still running/);
    await vscode.commands.executeCommand(commands.cancelSql);
    await running;
    assert.deepEqual(await whats(), []);
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual(await whats(), ['x']);
  });

  it('stop what they run when they are closed, and close their connection', async () => {
    await openBound('SELECT SLEEP(31);');
    const running = vscode.commands.executeCommand(commands.runSql);
    const others = async (): Promise<number> =>
      (await query('SHOW FULL PROCESSLIST')).filter((row) => row[4] !== 'Daemon').length;
    await until('it runs', async () =>
      (await query('SHOW FULL PROCESSLIST')).some((row) => row.includes('SELECT SLEEP(31)')),
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await running;
    await until('nothing is connected but the test', async () => (await others()) === 1);
  });

  it('complete what the database has, and tell what it is', async () => {
    const text = 'SELECT t.wh FROM told.told t;';
    const offered = ({ document }: vscode.TextEditor): Promise<readonly string[]> =>
      offeredAt(document, text.indexOf(' FROM'));
    assert.ok(!(await offered(await open(text))).includes('what'), 'one that is not bound is left alone');
    const editor = await openBound(text);
    await until('the column is offered', async () => (await offered(editor)).includes('what'));
    await replaceAll(editor, 'SELECT what FROM told.told t;');
    assert.match(await toldAt(editor.document, 'SELECT w'.length), /what {2}varchar\(99\) · t/);
  });

  it('stay bound when their language changes', async () => {
    const { document } = await openBound('SELECT 1;');
    await vscode.languages.setTextDocumentLanguage(document, 'plaintext');
    assert.notDeepEqual(await lenses(document), []);
  });

  it('stay bound when they are renamed', async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    if (folder === undefined) {
      return;
    }
    const [from, to] = ['bound-a.sql', 'bound-b.sql'].map((name) => vscode.Uri.joinPath(folder, name));
    assert.ok(from && to);
    await workspace.fs.writeFile(from, Buffer.from('SELECT 1;\nSELECT 2;'));
    await window.showTextDocument(from);
    person.picks = ({ label }) => label === 'by-hand';
    await vscode.commands.executeCommand(commands.switchConnection);
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(from, to);
    assert.ok(await workspace.applyEdit(edit));
    const renamed = await workspace.openTextDocument(to);
    await until('it is bound', async () => (await lenses(renamed)).length > 0);
    await workspace.fs.delete(to);
  });

  it('stay bound, on the same connection, when they are saved for the first time', async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    if (folder === undefined) {
      return;
    }
    const file = vscode.Uri.joinPath(folder, 'saved-once.sql');
    const fresh = file.with({ scheme: 'untitled' });
    const editor = await window.showTextDocument(await workspace.openTextDocument(fresh));
    await replaceAll(
      editor,
      'CREATE TEMPORARY TABLE told.mine (id INT);   \nINSERT INTO told.mine VALUES (1);',
    );
    person.picks = ({ label }) => label === 'by-hand';
    await vscode.commands.executeCommand(commands.switchConnection);
    select(editor, 'CREATE');
    await vscode.commands.executeCommand(commands.runSql);
    const uri = await workspace.save(fresh);
    assert.equal(uri?.path, file.path);
    const saved = await window.showTextDocument(uri);
    await until('it is bound', async () => (await lenses(saved.document)).length > 0);
    select(saved, 'INSERT');
    await vscode.commands.executeCommand(commands.runSql);
    assert.deepEqual([person.told, problems(saved.document)], [[], []]);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await workspace.fs.delete(file);
  });

  it('get statements from the history, which does not run them', async () => {
    const editor = await openBound("INSERT INTO told.told (what) VALUES ('once');");
    await vscode.commands.executeCommand(commands.runSql);
    await vscode.commands.executeCommand(commands.runSql);
    await replaceAll(editor, '');
    const { createQuickPick } = window;
    let items: readonly vscode.QuickPickItem[] = [];
    Object.assign(window, {
      createQuickPick: () => {
        const listeners: (() => void)[] = [];
        const nothing = (): vscode.Disposable => new vscode.Disposable(() => undefined);
        const picker = {
          items,
          selectedItems: items,
          ...{ onDidTriggerItemButton: nothing, onDidHide: nothing, hide: nothing, dispose: nothing },
          onDidAccept: (listener: () => void) => listeners.push(listener),
          show: () => {
            items = picker.items;
            picker.selectedItems = items.slice(0, 1);
            listeners.forEach((listener) => listener());
          },
        };
        return picker;
      },
    });
    await vscode.commands.executeCommand(commands.showSqlHistory);
    Object.assign(window, { createQuickPick });
    assert.equal(items[0]?.label, "INSERT INTO told.told (what) VALUES ('once')");
    assert.match(items[0].detail ?? '', / · by-hand · .* · done after \d+ ms$/);
    await until(
      'it is in the document',
      () => editor.document.getText() === "INSERT INTO told.told (what) VALUES ('once');\n",
    );
    assert.deepEqual(await whats(), ['once', 'once']);
    person.answers = ({ kind, buttons }) => (kind === 'warning' ? buttons[0] : undefined);
    await vscode.commands.executeCommand(commands.clearSqlHistory);
    person.shown.length = 0;
    await vscode.commands.executeCommand(commands.showSqlHistory);
    assert.deepEqual(person.told, ['The SQL history is empty.']);
  });

  it('have their lenses in time when they are long', async () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `SELECT ${index} FROM t WHERE a = 'b;c';`).join(
      '\n',
    );
    const { document } = await openBound(text);
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.ok(found.length >= 10_000, String(found.length));
  });
});
