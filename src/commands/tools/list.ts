import { bundledTools } from '../../app/bundled-tools.ts';

/** `tollgate tools`: what can be called. */
export function listTools({ json }: { json?: boolean }): Promise<void> {
  const text = json
    ? JSON.stringify(
        bundledTools.map(({ name, title, description, json: schemas, examples, policy }) => ({
          name,
          title,
          description,
          input_schema: schemas.input,
          output_schema: schemas.output,
          examples,
          policy,
        })),
        null,
        2,
      )
    : bundledTools
        .map(({ name, title, description }) => `${name}\n  ${title}. ${description}\n`)
        .join('\n');
  process.stdout.write(`${text}\n`);
  return Promise.resolve();
}
