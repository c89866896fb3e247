import { readFileSync, writeFileSync } from 'node:fs';

/** Put text between `<!-- name -->` and `<!-- /name -->` of README.md: its figures come from scripts alone. */
export function writeReadme(name: string, markdown: string): void {
  const text = readFileSync('README.md', 'utf8');
  const between = new RegExp(`(?<=<!-- ${name} -->\\n)[\\s\\S]*?(?=<!-- /${name} -->)`);
  if (!between.test(text)) throw new Error(`README.md has no place for ${name}`);
  writeFileSync(
    'README.md',
    text.replace(between, () => `\n${markdown}\n\n`),
  );
}
