import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { sourceOf, type Mutation } from './copy';
import type { WireWords } from './wire';

const root = path.join(__dirname, '..', '..', '..');

/** Files that put the client together or read answers, errors and credentials: what they spell is not sent. */
const reads = /(^|\/)(api|map|errors|caCertificate|defaultChain|profiles|sourceFailure)\.ts$/;

/** Every place in a folder of the client that spells a word of the wire, with that word spelt wrong. */
export function spellingMutants(folder: string, words: WireWords): readonly Mutation[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !reads.test(name))
    .sort()
    .flatMap((name) => mutantsOf(path.join(folder, name), words));
}

function mutantsOf(file: string, { names, values }: WireWords): readonly Mutation[] {
  const text = sourceOf(file);
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const mutants: Mutation[] = [];
  const spellWrong = (node: ts.Node, word: string, replacement: (wrong: string) => string): void => {
    const [start, end] = [node.getStart(tree), node.getEnd()];
    const { line } = tree.getLineAndCharacterOfPosition(start);
    const wrong = misspelt(word);
    mutants.push({
      what: `${file}:${line + 1} ${word} → ${wrong}`,
      file,
      source: text.slice(0, start) + replacement(wrong) + text.slice(end),
    });
  };
  const visit = (node: ts.Node): void => {
    if (isSchema(node)) {
      return;
    }
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && names.has(node.name.text)) {
      spellWrong(node.name, node.name.text, (wrong) => wrong);
    } else if (ts.isShorthandPropertyAssignment(node) && names.has(node.name.text)) {
      const { text: name } = node.name;
      spellWrong(node.name, name, (wrong) => `${wrong}: ${name}`);
    } else if (ts.isStringLiteral(node) && isSent(node) && (names.has(node.text) || values.has(node.text))) {
      spellWrong(node, node.text, (wrong) => `'${wrong}'`);
    } else if (ts.isTemplateLiteralToken(node)) {
      for (const [, segment = ''] of node.getText(tree).matchAll(/[/:](\w+)(?=[/:`$]|$)/g)) {
        if (names.has(segment)) {
          spellWrong(node, segment, (wrong) => node.getText(tree).replace(segment, wrong));
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return mutants;
}

/** A call of the schema library describes what comes in. */
const isSchema = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && /^v\./.test(node.expression.getText());

/** Types and module names are strings too. */
const isSent = (node: ts.StringLiteral): boolean =>
  !ts.isLiteralTypeNode(node.parent) &&
  !ts.isImportDeclaration(node.parent) &&
  !ts.isExportDeclaration(node.parent) &&
  !(ts.isCallExpression(node.parent) && node.parent.expression.kind === ts.SyntaxKind.ImportKeyword);

/** The mistake that is made most: a letter in the wrong case; where that changes nothing, one letter too many. */
function misspelt(word: string): string {
  const inner = /(?<=.)[A-Z]/.exec(word);
  if (inner !== null && !/^[A-Z]{2}/.test(word)) {
    return word.slice(0, inner.index) + inner[0].toLowerCase() + word.slice(inner.index + 1);
  }
  return `${word}x`;
}
