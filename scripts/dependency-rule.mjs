/**
 * Which folder of src may import which. Read by ESLint (eslint.config.mjs) and by the bundler (build.mjs), so that
 * neither can be forgotten.
 */
export const rule = {
  core: { folders: [], vscode: false, node: false, packages: [] },
  protocol: { folders: ['core'], vscode: false, node: false, packages: ['valibot'] },
  cloud: { folders: ['core'], vscode: false, node: true, packages: ['valibot', '@alicloud/credentials'] },
  sql: { folders: ['core'], vscode: false, node: true, packages: ['mysql2'] },
  services: { folders: ['core'], vscode: false, node: false, packages: ['valibot'] },
  platform: {
    folders: ['core', 'ids'],
    vscode: true,
    node: true,
    packages: ['valibot', 'proper-lockfile'],
  },
  commands: {
    folders: ['services', 'core', 'platform', 'protocol', 'ids'],
    vscode: true,
    node: false,
    packages: [],
  },
  tree: {
    folders: ['services', 'core', 'platform', 'protocol', 'ids'],
    vscode: true,
    node: false,
    packages: [],
  },
  statusBar: {
    folders: ['services', 'core', 'platform', 'protocol', 'ids'],
    vscode: true,
    node: false,
    packages: [],
  },
  editor: {
    folders: ['services', 'core', 'platform', 'protocol', 'ids'],
    vscode: true,
    node: false,
    packages: [],
  },
  panels: {
    folders: ['services', 'core', 'platform', 'protocol', 'ids'],
    vscode: true,
    node: false,
    packages: ['valibot'],
  },
  webview: {
    folders: ['protocol', 'core'],
    vscode: false,
    node: false,
    packages: ['lit', '@vscode-elements/elements', '@tanstack/virtual-core'],
  },
  sandbox: { folders: ['core'], vscode: false, node: true, packages: ['sql.js', 'selfsigned'] },
};

/** The folder of src (or `ids`, `extension`) that a path relative to src belongs to. */
export const folderOf = (relativePath) => relativePath.split(/[\\/]/)[0].replace(/\.ts$/, '');

/**
 * @param {string} from folder of the importing file
 * @param {{ folder?: string, specifier: string, isNode: boolean }} target
 * @returns {string | undefined} what is wrong, or nothing
 */
export function violation(from, target) {
  const allowed = rule[from];
  if (allowed === undefined) {
    return undefined;
  }
  if (target.folder !== undefined) {
    return target.folder === from || allowed.folders.includes(target.folder)
      ? undefined
      : `${from} must not import ${target.folder}`;
  }
  if (target.specifier === 'vscode') {
    return allowed.vscode ? undefined : `${from} must not import vscode`;
  }
  if (target.isNode) {
    return allowed.node ? undefined : `${from} must not import Node built-ins`;
  }
  const known = allowed.packages.some(
    (name) => target.specifier === name || target.specifier.startsWith(`${name}/`),
  );
  return known ? undefined : `${from} must not import the package ${target.specifier}`;
}
