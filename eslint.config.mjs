import js from '@eslint/js';
import { builtinModules } from 'node:module';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { rule } from './scripts/dependency-rule.mjs';

const everyFolder = [...Object.keys(rule), 'extension', 'ids'];
const everyPackage = [...new Set(Object.values(rule).flatMap((entry) => entry.packages))];
const node = [...builtinModules.map((name) => `node:${name}`), ...builtinModules];

/** scripts/dependency-rule.mjs as ESLint says it. */
const dependencyRule = Object.entries(rule).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: [
          ...(allowed.vscode ? [] : [{ name: 'vscode', message: `${folder} must not import vscode.` }]),
          ...(allowed.node
            ? []
            : node.map((name) => ({ name, message: `${folder} must not import Node built-ins.` }))),
        ],
        patterns: [
          ...everyFolder
            .filter((other) => other !== folder && !allowed.folders.includes(other))
            .map((other) => ({
              regex: `^(\\.\\./)+${other}(/|$)`,
              message: `${folder} must not import ${other}.`,
            })),
          ...everyPackage
            .filter((name) => !allowed.packages.includes(name))
            .map((name) => ({ regex: `^${name}(/|$)`, message: `${folder} must not import ${name}.` })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', '.vscode-test/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  ...dependencyRule,
  {
    files: ['test/**/*.{ts,cjs}', 'scripts/**/*.mjs', '*.mjs'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },
);
