import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { readBody } from './body.ts';
import {
  attachMode,
  connector,
  looseBoolean,
  metadata,
  name,
  optionalText,
  optionalUuid,
  uuid,
  volumeSize,
} from './fields.ts';

const read = (value: unknown, shape: z.ZodRawShape, minor = 70) =>
  readBody({ thing: value }, 'thing', shape, minor);
const refusal = (value: unknown, shape: z.ZodRawShape, minor = 70): string => {
  try {
    read(value, shape, minor);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing is refused';
};

describe('readBody', () => {
  it.each([
    [null, "'thing' is a required property"],
    [[], "'thing' is a required property"],
    [{}, "'thing' is a required property"],
    [{ other: {} }, "'thing' is a required property"],
    [{ thing: 5 }, "Invalid input for field/attribute thing. Value: 5. 5 is not of type 'object'"],
    [{ thing: null }, "Invalid input for field/attribute thing. Value: None. None is not of type 'object'"],
  ])('refuses %j', (body, message) => {
    expect(() => readBody(body, 'thing', {}, 70)).toThrowError(
      expect.objectContaining({ status: 400, message }),
    );
  });

  it('refuses keys nobody knows from 3.53 on, and leaves them out before', () => {
    expect(refusal({ a: 1, extra: 2 }, { a: volumeSize }, 53)).toBe(
      "Invalid input for field/attribute thing. Value: {'a': 1, 'extra': 2}. " +
        "Additional properties are not allowed ('extra' was unexpected)",
    );
    expect(read({ a: 1, extra: 2 }, { a: volumeSize }, 52)).toEqual({ a: 1 });
  });

  it('names a field that is missing', () => {
    expect(refusal({ b: true }, { a: uuid })).toBe(
      "Invalid input for field/attribute thing. Value: {'b': True}. 'a' is a required property",
    );
    expect(refusal({}, { a: looseBoolean })).toBe(
      "Invalid input for field/attribute thing. Value: {}. 'a' is a required property",
    );
  });

  it('repeats nothing of a connector', () => {
    const message = refusal({ connector: 'chap-secret', x: 1 }, { connector });
    expect(message).toBe('Invalid input for field/attribute connector. The connector must be an object.');
    expect(refusal({ connector: { chap: 's3cret' }, x: 1 }, { connector })).not.toContain('s3cret');
  });
});

describe('fields', () => {
  it.each([
    [volumeSize, 'abc', "Value: abc. 'abc' does not match '^[0-9]+$'"],
    [volumeSize, 0, 'Value: 0. 0 is less than the minimum of 1'],
    [volumeSize, -1, 'Value: -1. -1 is less than the minimum of 1'],
    [volumeSize, '0', 'Value: 0. 0 is less than the minimum of 1'],
    [volumeSize, 1.5, "Value: 1.5. 1.5 is not of type 'integer', 'string'"],
    [volumeSize, 2147483648, 'Value: 2147483648. 2147483648 is greater than the maximum of 2147483647'],
    [volumeSize, true, "Value: True. True is not of type 'integer', 'string'"],
    [optionalText, 5, "Value: 5. 5 is not of type 'string', 'null'"],
    [uuid, 'nosuch', "Value: nosuch. 'nosuch' is not a 'uuid'"],
    [optionalUuid, 7, "Value: 7. 7 is not of type 'string', 'null'"],
    [name, '  ', "Value:   . '' is too short"],
    [attachMode, 'rx', "Value: rx. 'rx' is not one of ['rw', 'ro']"],
    [looseBoolean, 'maybe', "Value: maybe. 'maybe' is not of type 'boolean'"],
    [looseBoolean, 2, "Value: 2. 2 is not of type 'boolean'"],
    [metadata, [], "Value: []. [] is not of type 'object'"],
    [
      metadata,
      { 'no!': 'x' },
      "Value: {'no!': 'x'}. 'no!' does not match any of the regexes: '^[a-zA-Z0-9-_:. /]{1,255}$'",
    ],
  ])('refuse: %# %s %j', (field, value, rule) => {
    expect(refusal({ f: value }, { f: field })).toBe(`Invalid input for field/attribute f. ${rule}`);
  });

  it('name the key of a metadata value that is no text', () => {
    expect(refusal({ m: { k: 5 } }, { m: metadata })).toBe(
      "Invalid input for field/attribute k. Value: 5. 5 is not of type 'string'",
    );
  });

  it('cut what they repeat', () => {
    expect(refusal({ f: 'x'.repeat(100_000) }, { f: optionalText }).length).toBeLessThan(1_200);
  });

  it.each([
    [volumeSize, '12', 12],
    [volumeSize, 1, 1],
    [optionalText, '  two words ', 'two words'],
    [optionalText, null, null],
    [looseBoolean, 'True', true],
    [looseBoolean, 'off', false],
    [looseBoolean, false, false],
    [uuid, '0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef'],
    [metadata, { 'a:b-c_d. /e': '' }, { 'a:b-c_d. /e': '' }],
  ])('read: %# %s %j', (field, value, read_) => {
    expect(read({ f: value }, { f: field })).toEqual({ f: read_ });
  });
});
