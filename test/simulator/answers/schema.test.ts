import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRING, fill, fixture, objectOf } from '../support.ts';
import { runs } from '../../support/depth.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

const NAMES = ['total', 'date', 'items', 'name', 'email', 'answer', 'label', 'paid', 'notes', 'id'];

/** Schemas of the kind people write: nested, nullable, bounded. */
const { schema: anySchema } = fc.letrec<{ schema: object; leaf: object; nested: object }>(
  (tie) => ({
    leaf: fc.oneof(
      fc.constantFrom<object>(
        { type: 'string' },
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
        { type: 'string', format: 'email' },
        { type: 'string', format: 'uri' },
        { type: 'string', minLength: 2, maxLength: 9 },
        { type: 'string', enum: ['low', 'high'] },
        { const: 'fixed' },
        { type: 'boolean' },
        { type: 'integer', minimum: 3, maximum: 7 },
        { type: 'number', exclusiveMinimum: 0, maximum: 1 },
        { type: ['number', 'null'] },
        { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      ),
    ),
    nested: fc.oneof(
      tie('schema'),
      fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2) }),
    ),
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('leaf'),
      fc
        .dictionary(fc.constantFrom(...NAMES), tie('nested'), { minKeys: 1, maxKeys: 4 })
        .map((properties) => objectOf(properties)),
    ),
  }),
);

const TEXTS = ['invoice.txt', 'order.txt', 'cv.txt', 'meeting.md', 'complaint.txt'].map(fixture);

describe('an answer under a schema', () => {
  it('always validates against it', () => {
    fc.assert(
      fc.property(anySchema, fc.constantFrom(...TEXTS, '', 'Hello!'), (inner, text) => {
        const schema = objectOf({ data: inner });
        const filled = fill(`<text>${text}</text>`, schema);
        const validate = ajv.compile(schema);
        expect(validate(filled), JSON.stringify({ filled, errors: validate.errors })).toBe(true);
      }),
      { numRuns: runs(150) },
    );
  });

  it('follows references, also into itself', () => {
    const schema = {
      type: 'object',
      properties: { person: { $ref: '#/$defs/person' } },
      required: ['person'],
      $defs: {
        person: {
          type: 'object',
          properties: {
            email: STRING,
            child: { anyOf: [{ $ref: '#/$defs/person' }, { type: 'null' }] },
          },
          required: ['email'],
        },
      },
    };
    const filled = fill(`<text>${fixture('cv.txt')}</text>`, schema);
    expect(ajv.validate(schema, filled)).toBe(true);
    expect(filled['person']).toMatchObject({ email: 'anna.kowalska@example.com' });
  });
});
