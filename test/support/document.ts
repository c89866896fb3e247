import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Put text between `<!-- name -->` and `<!-- /name -->` of a document: its figures come from scripts alone.
 * @throws Error when the document has no such place
 */
export function writeBlock(file: string, name: string, markdown: string): void {
  const text = readFileSync(file, 'utf8');
  const between = new RegExp(`(?<=<!-- ${name} -->\\n)[\\s\\S]*?(?=<!-- /${name} -->)`);
  if (!between.test(text)) throw new Error(`${file} has no place for ${name}`);
  writeFileSync(
    file,
    text.replace(between, () => `\n${markdown}\n\n`),
  );
}
