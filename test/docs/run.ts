/**
 * Writes the generated pages of `docs/`; `--check` only looks, and ends with 1 when one differs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pages } from './pages.ts';

const isCheck = process.argv.includes('--check');
const found = await pages();
const stale = [...found].filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
for (const [path, text] of isCheck ? [] : stale) writeFileSync(path, text);
const list = stale.map(([path]) => path).join(', ');
if (isCheck && stale.length > 0) {
  process.stderr.write(`docs: not as the code says: ${list}. Run npm run docs.\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(stale.length === 0 ? 'docs: nothing to do\n' : `docs: wrote ${list}\n`);
}
