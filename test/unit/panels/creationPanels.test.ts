import assert from 'node:assert/strict';
import type { WebviewPanel } from 'vscode';
import type { CreationPanelServices } from '../../../src/panels/creation/creationPanel';
import { Durations } from '../../../src/services/provisioning/durations';
import { CreationRunner } from '../../../src/services/provisioning/runner';
import { FakeState } from '../fakes';
import { stage } from '../services/stage';
import { fakeEditor, withoutEditor } from './withoutEditor';

/** A panel of the editor, as far as it is used; `closed` counts how often it was taken away. */
class FakePanel {
  closed = 0;
  title = '';
  private readonly listeners: (() => void)[] = [];
  readonly webview = {
    cspSource: '',
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: () => ({ dispose: () => undefined }),
    postMessage: () => Promise.resolve(true),
  };
  onDidDispose(listener: () => void) {
    this.listeners.push(listener);
    return { dispose: () => undefined };
  }
  dispose(): void {
    this.closed += 1;
    this.listeners.forEach((listener) => listener());
  }
}

describe('CreationPanels', () => {
  const { TabInputWebview } = fakeEditor.vscode;
  const unseen = { input: new TabInputWebview('mainThreadWebview-tidbPrivateEndpoint.creation') };

  beforeEach(() => {
    fakeEditor.reset();
    fakeEditor.tabs.push(unseen, { input: new TabInputWebview('somebody.elses') });
  });

  async function withAPanel() {
    const { CreationPanels } = await withoutEditor(
      () => import('../../../src/panels/creation/creationPanels'),
    );
    const { accounts, inventory, clock, log, world } = stage();
    const runner = new CreationRunner({
      ...{ journal: world.journal.window(), accounts, inventory, clock, log, random: () => 0 },
      durations: new Durations(new FakeState(), 'durations'),
    });
    const services = {
      ...{ accounts, inventory, runner, clock, log },
      notifications: { showError: (_: string, error: unknown) => log.error('shown', error) },
      newId: () => 'c1',
      isSandbox: () => false,
      extensionUri: '',
    };
    const panels = new CreationPanels(services as unknown as CreationPanelServices);
    const panel = new FakePanel();
    await panels.deserializeWebviewPanel(panel as unknown as WebviewPanel, {});
    return { panels, panel };
  }

  it('leaves its panels in the editor when the window ends: they are there again after a reload', async () => {
    const { panels, panel } = await withAPanel();
    panels.dispose();
    assert.equal(panel.closed, 0);
    assert.deepEqual(fakeEditor.closedTabs, []);
  });

  it('takes its panels away when the window goes over to other clouds', async () => {
    const { panels, panel } = await withAPanel();
    panels.close();
    panels.close();
    panels.dispose();
    assert.equal(panel.closed, 1);
    assert.ok(fakeEditor.closedTabs.length > 0, 'one behind another tab stayed');
    assert.ok(fakeEditor.closedTabs.every((tab) => tab === unseen));
  });
});
