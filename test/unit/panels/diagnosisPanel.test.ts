import assert from 'node:assert/strict';
import type { WebviewPanel } from 'vscode';
import { cancellation } from '../../../src/core/errors';
import type { DiagnosisFacts } from '../../../src/core/diagnosis/facts';
import { Redactor } from '../../../src/core/redact';
import type { DiagnosisPanel, DiagnosisPanelServices } from '../../../src/panels/diagnosis/diagnosisPanel';
import type { DiagnosisState, FromDiagnosis } from '../../../src/protocol/diagnosis';
import type { DiagnosisRequest } from '../../../src/services/diagnosis';
import { failed, found, sqlError, stuck, tcpFails, wellFacts } from '../../support/diagnosing';
import { aConnection, anEndpoint, anInstance, RecordingLog, settle } from '../fakes';
import { fakeEditor, withoutEditor } from './withoutEditor';

describe('DiagnosisPanel', () => {
  let panel: DiagnosisPanel;
  let states: DiagnosisState[];
  let receive: (message: unknown) => void;
  let runs: { readonly request: DiagnosisRequest; readonly end: (facts: DiagnosisFacts) => void }[];
  let added: unknown[];
  let asked: unknown[];
  let answer: { user: string; password: string } | undefined;

  const send = async (message: FromDiagnosis): Promise<void> => {
    receive(message);
    for (let i = 0; i < 10; i++) {
      await settle();
    }
  };
  const end = async (facts: DiagnosisFacts): Promise<void> => {
    runs.at(-1)?.end(facts);
    await settle();
  };

  beforeEach(async () => {
    fakeEditor.reset();
    [states, runs, added, asked, answer] = [[], [], [], [], undefined];
    const module = await withoutEditor(() => import('../../../src/panels/diagnosis/diagnosisPanel'));
    const log = new RecordingLog();
    const redactor = new Redactor();
    redactor.learn('learnt-secret');
    const services = {
      ...{ extensionUri: '', redactor, versions: ['Extension: 1.2.3'], log },
      notifications: { showError: (_: string, error: unknown) => log.error('shown', error) },
      diagnoses: {
        run: (request: DiagnosisRequest) =>
          new Promise((resolve) => {
            request.signal.addEventListener('abort', () => resolve({ ...wellFacts, cancelled: true }));
            runs.push({ request, end: resolve });
          }),
        addRules: (...args: unknown[]) => {
          added.push(args);
          return Promise.resolve();
        },
      },
    };
    const webviewPanel = {
      reveal: () => undefined,
      webview: {
        ...{ options: {}, html: '', cspSource: '', asWebviewUri: (uri: unknown) => uri },
        onDidReceiveMessage: (listener: (message: unknown) => void) => {
          receive = listener;
          return { dispose: () => undefined };
        },
        postMessage: ({ state }: { state: DiagnosisState }) => {
          states.push(state);
          return Promise.resolve(true);
        },
      },
    };
    panel = new module.DiagnosisPanel(
      webviewPanel as unknown as WebviewPanel,
      services as unknown as DiagnosisPanelServices,
      {
        instance: anInstance,
        endpoint: { instanceId: anInstance.id, endpointId: anEndpoint.id, connection: aConnection },
        ask: (question) => {
          asked.push(question);
          return Promise.resolve(answer);
        },
      },
    );
    panel.again();
    await send({ type: 'ready' });
  });

  afterEach(() => panel.dispose());

  it('shows what was found once it is over, without what is secret', async () => {
    await end({
      ...stuck({ greeting: failed(sqlError('sqlRefused', { reason: 'learnt-secret was here' })) }),
    });
    const shown = JSON.stringify(states.at(-1));
    assert.match(shown, /takes no connection now/);
    assert.doesNotMatch(shown, /learnt-secret/);
  });

  it('runs once at a time, again when asked, and ends when cancelled', async () => {
    await send({ type: 'runAgain' });
    assert.equal(runs.length, 1);
    await send({ type: 'cancel' });
    assert.equal(runs[0]?.request.signal.aborted, true);
    assert.equal(runs[0].request.signal.reason instanceof Error, true);
    assert.equal((runs[0].request.signal.reason as Error).name, cancellation().name);
    await send({ type: 'runAgain' });
    assert.equal(runs.length, 2);
  });

  it('ends with its panel', () => {
    panel.dispose();
    assert.equal(runs[0]?.request.signal.aborted, true);
  });

  it('copies the report with the versions', async () => {
    await end(wellFacts);
    await send({ type: 'copyReport' });
    assert.match(fakeEditor.copied[0] ?? '', /Everything works[\s\S]*Extension: 1\.2\.3/);
  });

  it('asks for the password, and runs with the answer alone', async () => {
    await end({ ...wellFacts, login: { skipped: 'noPassword' }, query: { skipped: 'noPassword' } });
    await send({ type: 'act', action: 'enterPassword' });
    assert.deepEqual(asked, [{ user: 'root', refused: false }]);
    assert.equal(runs.length, 1, 'nothing runs when nothing was entered');
    answer = { user: 'root', password: 'typed' };
    await send({ type: 'act', action: 'enterPassword' });
    assert.deepEqual(runs[1]?.request.credentials, answer);
  });

  it('adds the missing rule only when the person agrees, and looks again', async () => {
    const missing = [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/16', description: 'x' } as const,
    ];
    const ports = found({
      ...({ check: 'closed', from: 'vpc', groupIds: ['sg-a'], sources: ['10.0.0.0/16'] } as const),
      missing,
    });
    const facts = stuck(tcpFails(), { ports });
    await end(facts);
    await send({ type: 'act', action: 'addRule' });
    assert.deepEqual([fakeEditor.asked.length, added.length, runs.length], [1, 0, 1]);
    fakeEditor.answer = () => 'Add';
    await send({ type: 'act', action: 'addRule' });
    assert.deepEqual(added, [[facts, missing]]);
    assert.equal(runs.length, 2);
  });

  it('leaves what others can do to their commands, and refuses what it does not know', async () => {
    await end(stuck(tcpFails()));
    await send({ type: 'act', action: 'chooseBastion' });
    await send({ type: 'act', action: 'openAlibabaCloud' });
    await send({ type: 'act', action: 'workbench.action.quit' });
    const target = { instanceId: anInstance.id, endpointId: anEndpoint.id };
    assert.deepEqual(fakeEditor.executed, [
      ['tidbPrivateEndpoint.chooseBastion', target],
      ['tidbPrivateEndpoint.openInAlibabaCloud', target],
    ]);
  });
});
