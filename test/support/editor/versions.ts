/** What differs between the editors under test, in one table. The npm package `code-server` carries VS Code's own server. */
export type EditorVersion = '4.100.3' | '4.139.1';

export interface EditorRecipe {
  /** Version of VS Code inside. */
  readonly vscode: string;
  /** Major version of Node that the server is built for and run with. */
  readonly node: number;
  /** Packages of lib/vscode whose native part has to be compiled. */
  readonly compile: readonly string[];
  /** Where the server looks for ripgrep, below lib/vscode. */
  readonly ripgrep: string;
  /** What this server needs before it heeds the `payload` query parameter. In 1.139 it also turns off notification toasts. */
  readonly testDriver: readonly string[];
}

export const OLDEST_EDITOR: EditorVersion = '4.100.3';
export const NEWEST_EDITOR: EditorVersion = '4.139.1';
export const EDITOR_VERSIONS: readonly EditorVersion[] = [OLDEST_EDITOR, NEWEST_EDITOR];

export const EDITOR_RECIPES: Readonly<Record<EditorVersion, EditorRecipe>> = {
  '4.100.3': {
    vscode: '1.100.3',
    node: 20,
    compile: ['@vscode/spdlog', 'native-watchdog', 'node-pty'],
    ripgrep: 'node_modules/@vscode/ripgrep/bin/rg',
    testDriver: [],
  },
  '4.139.1': {
    vscode: '1.139.1',
    node: 24,
    compile: ['@vscode/spdlog', '@vscode/native-watchdog'],
    ripgrep: `node_modules/@vscode/ripgrep-universal/bin/linux-${process.arch}/rg`,
    testDriver: ['--enable-smoke-test-driver'],
  },
};

/**
 * Packages that the server asks for only on other systems, or only for features that no test uses. Each of them is
 * imported on demand and its absence is handled by the server.
 */
export const UNNEEDED_PACKAGES: readonly string[] = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/fs-copyfile',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];

/** Built-in extensions that are left out: large, and nothing under test meets them. */
export const UNNEEDED_EXTENSIONS: readonly string[] = [
  'copilot',
  'git',
  'github',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
];
