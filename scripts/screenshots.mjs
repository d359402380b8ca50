/** Takes the README's pictures from the last end-to-end run (`npm run test:e2e`). */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const from = path.join(root, '.cache', 'screenshots');
const to = path.join(root, 'media', 'screenshots');
const pictures = {
  'instances.png': 'main-job-4.139.1/02-instances.png',
  'create.png': 'main-job-4.139.1/03-ready-to-create.png',
  'hand-over.png': 'console-hand-over/01-handed-over.png',
  'active-dark.png': 'console-hand-over/03-active-dark.png',
  'rows.png': 'main-job-4.139.1/07-first-row.png',
};

mkdirSync(to, { recursive: true });
for (const [name, source] of Object.entries(pictures)) {
  copyFileSync(path.join(from, source), path.join(to, name));
  console.log(`media/screenshots/${name}`);
}
