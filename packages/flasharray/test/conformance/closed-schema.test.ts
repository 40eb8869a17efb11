import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { closedSchema, type Direction } from './closed-schema.ts';

const document = {
  components: {
    schemas: {
      Named: { type: 'object', properties: { name: { type: 'string' } } },
      Thing: {
        allOf: [
          { $ref: '#/components/schemas/Named' },
          {
            type: 'object',
            properties: {
              id: { type: 'string', readOnly: true },
              size: { type: 'integer', maximum: 10 },
              parts: { type: 'array', items: { $ref: '#/components/schemas/Named' } },
              limit: { oneOf: [{ type: 'integer' }, { type: 'string' }] },
            },
          },
        ],
      },
    },
  },
};

function accepts(direction: Direction, value: unknown): boolean {
  const schema = closedSchema(document, { $ref: '#/components/schemas/Thing' }, direction);
  return new Ajv({ strict: false }).compile(schema)(value);
}

describe('a closed schema', () => {
  test.each([
    [{ name: 'a', size: 10, parts: [{ name: 'b' }] }, true],
    [{ limit: 1 }, true],
    [{ limit: '' }, true],
    [{}, true],
    [{ id: 'x' }, false],
    [{ size: 11 }, false],
    [{ size: null }, false],
    [{ colour: 'red' }, false],
    [{ parts: [{ name: 'b', colour: 'red' }] }, false],
    [{ limit: true }, false],
  ])('of a request on %j: %s', (value, expected) => {
    expect(accepts('request', value)).toBe(expected);
  });

  test.each([
    [{ id: 'x', name: null, parts: null }, true],
    [{ parts: [null, { name: null }] }, true],
    [{ size: '1' }, false],
    [{ colour: 'red' }, false],
  ])('of a reply on %j: %s', (value, expected) => {
    expect(accepts('reply', value)).toBe(expected);
  });
});
