import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, Options } from 'ajv/dist/2020.js';
import type * as AjvModule from 'ajv/dist/2020.js';
import type * as AjvFormats from 'ajv-formats';
import type { FieldError } from '../../../../schemas/wire/problem.ts';

/** Loaded on first use: most calls of a stdio server never need it. */
export function loadAjv(options: Options = {}): Ajv2020 {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof AjvModule;
  const addFormats = require('ajv-formats') as (typeof AjvFormats)['default']['default'];
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    addUsedSchema: false,
    // Or a field named `toString` would be there in every object.
    ownProperties: true,
    ...options,
  });
  addFormats(ajv);
  return ajv;
}

export const toFieldError = (error: ErrorObject): FieldError => ({
  pointer: error.instancePath,
  code: error.keyword,
  detail: error.message ?? 'It does not fit the schema',
});
