import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, extensionId, settings } from '../../src/ids';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { set, submit } from './byHand';

const keyVariables = ['TIDBCLOUD_PUBLIC_KEY', 'TIDBCLOUD_PRIVATE_KEY'] as const;
const cloudSettings = [settings.tidbCloudBaseUrl, settings.alibabaCloudEndpoints] as const;

export interface Shown {
  readonly kind: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly detail?: string | undefined;
  readonly buttons: readonly string[];
}

/**
 * Whoever sits before the window of a test: reads its messages, answers them, picks from lists and types into boxes. The
 * editor itself would wait for somebody.
 */
export class Person {
  readonly shown: Shown[] = [];
  /** What was offered in lists, the last one last. */
  readonly lists: (readonly vscode.QuickPickItem[])[] = [];
  /** The button to press on a message; undefined leaves it alone. */
  answers: (message: Shown) => string | undefined = () => undefined;
  picks: (item: vscode.QuickPickItem) => boolean = () => false;
  typed: string[] = [];
  private readonly original = {
    showErrorMessage: vscode.window.showErrorMessage,
    showWarningMessage: vscode.window.showWarningMessage,
    showInformationMessage: vscode.window.showInformationMessage,
    showQuickPick: vscode.window.showQuickPick,
    showInputBox: vscode.window.showInputBox,
  };

  sitDown(): void {
    const message =
      (kind: Shown['kind']) =>
      (text: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
        const isOptions = typeof rest[0] === 'object' && rest[0] !== null;
        const { detail } = (isOptions ? rest[0] : {}) as vscode.MessageOptions;
        const shown = { kind, message: text, detail, buttons: rest.slice(isOptions ? 1 : 0).map(String) };
        this.shown.push(shown);
        return Promise.resolve(this.answers(shown));
      };
    Object.assign(vscode.window, {
      showErrorMessage: message('error'),
      showWarningMessage: message('warning'),
      showInformationMessage: message('information'),
      showQuickPick: async (offered: readonly vscode.QuickPickItem[]) => {
        const items = await Promise.resolve(offered);
        this.lists.push(items);
        return items.find((item) => this.picks(item));
      },
      showInputBox: () => Promise.resolve(this.typed.shift()),
    });
  }

  standUp(): void {
    Object.assign(vscode.window, this.original);
  }

  /** Forgets what was shown and said. */
  rest(): void {
    this.shown.length = 0;
    this.lists.length = 0;
    this.typed = [];
    this.answers = () => undefined;
    this.picks = () => false;
  }

  /** Everything but questions. */
  get told(): readonly string[] {
    return this.shown.filter(({ kind }) => kind !== 'warning').map(({ message }) => message);
  }

  get asked(): readonly Shown[] {
    return this.shown.filter(({ kind }) => kind === 'warning');
  }

  get errors(): readonly string[] {
    return this.shown.filter(({ kind }) => kind === 'error').map(({ message }) => message);
  }
}

/** Sandbox clouds that the extension in this window works on, signed in to TiDB Cloud by the environment. */
export class Clouds {
  private readonly before = keyVariables.map((name) => [name, process.env[name]] as const);

  private constructor(readonly sandbox: Sandbox) {}

  static async start(options: SandboxOptions = {}): Promise<Clouds> {
    const clouds = new Clouds(await startSandbox(options));
    clouds.signIn();
    await vscode.extensions.getExtension(extensionId)?.activate();
    await clouds.use();
    return clouds;
  }

  signIn(): void {
    const { publicKey, privateKey } = this.sandbox.tidbCloud;
    process.env['TIDBCLOUD_PUBLIC_KEY'] = publicKey;
    process.env['TIDBCLOUD_PRIVATE_KEY'] = privateKey;
  }

  async use(): Promise<void> {
    await set(settings.tidbCloudBaseUrl, this.sandbox.tidbCloud.baseUrl);
    await set(settings.alibabaCloudEndpoints, this.sandbox.alibabaCloud.endpoints);
  }

  async signInToAlibabaCloud(person: Person): Promise<void> {
    const { accessKeyId, accessKeySecret } = this.sandbox.alibabaCloud;
    person.picks = ({ label }) => label === 'AccessKey';
    person.typed = [accessKeyId, accessKeySecret, ''];
    await vscode.commands.executeCommand(commands.signInAlibabaCloud);
    assert.deepEqual(person.errors, []);
    person.rest();
  }

  async signOutOfAlibabaCloud(person: Person): Promise<void> {
    person.picks = ({ label }) => label === 'Alibaba Cloud';
    await vscode.commands.executeCommand(commands.signOut);
  }

  /** Makes an endpoint as a person does it in both consoles, to the end. */
  async endpointByHand(name: string): Promise<{ readonly instanceId: string; readonly endpointId: string }> {
    const { control, alibabaCloud, tidbCloud } = this.sandbox;
    const { services, vpcs, vSwitches, securityGroups } = control.getState();
    const [service] = services;
    assert.ok(service);
    await submit(`${alibabaCloud.consoleUrl}/endpoint/ap-southeast-1`, {
      vpc: vpcs.find((vpc) => vpc.name === 'app-vpc')?.vpcId ?? '',
      serviceName: service.serviceName,
      endpointName: name,
      securityGroup: securityGroups.find((group) => group.name === 'app-clients')?.securityGroupId ?? '',
      'zone.ap-southeast-1a': vSwitches.find((vSwitch) => vSwitch.name === 'app-a')?.vSwitchId ?? '',
      'zone.ap-southeast-1b': '',
    });
    const made = await control.waitFor(({ endpoints }) => endpoints[0]?.status === 'Active');
    const [endpoint] = made.endpoints;
    assert.ok(endpoint);
    const { tidbId: instanceId } = service;
    const { endpointId, domain: domainName } = endpoint;
    await submit(`${tidbCloud.consoleUrl}/instances/${instanceId}/networking`, { endpointId, domainName });
    await control.waitFor(({ connections }) => connections[0]?.state === 'ACTIVE');
    return { instanceId, endpointId };
  }

  async stop(): Promise<void> {
    for (const key of cloudSettings) {
      await set(key, undefined);
    }
    for (const [name, value] of this.before) {
      if (value === undefined) {
        Reflect.deleteProperty(process.env, name);
      } else {
        process.env[name] = value;
      }
    }
    await this.sandbox.stop();
  }

  calls(operation: string): number {
    return this.sandbox.control.calls(operation);
  }
}

/** The titles of the open tabs. */
export const tabs = (): readonly string[] =>
  vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
