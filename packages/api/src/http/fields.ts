import { z } from 'zod';
import { literal } from './shown-value.ts';

/**
 * Kinds of fields that request bodies are made of. Messages are those of Cinder's JSON schema checks, without the field:
 * `'abc' is not of type 'object'`. Source: cinder/api/validation/parameter_types, Cinder 21.
 */

interface Refused {
  readonly input?: unknown;
}

const notOfType =
  (...types: readonly string[]) =>
  ({ input }: Refused): string =>
    `${literal(input)} is not of type ${types.map((type) => `'${type}'`).join(', ')}`;
const tooLong = ({ input }: Refused): string => `${literal(input)} is too long`;
const tooShort = ({ input }: Refused): string => `${literal(input)} is too short`;
const noUuid = ({ input }: Refused): string => `${literal(input)} is not a 'uuid'`;

/** Characters of a name, a description, a metadata key or value at most. */
const longestText = 255;
/** What an integer column holds. */
const largestInteger = 2_147_483_647;

/** Text up to 255 characters. */
export const text = z.string({ error: notOfType('string') }).max(longestText, { error: tooLong });

const textOrNull = z
  .string({ error: notOfType('string', 'null') })
  .max(longestText, { error: tooLong })
  .nullable();

/** Names and descriptions: surrounding space is stripped. */
export const optionalText = textOrNull.transform((given) => given?.trim() ?? null).optional();

/** Text that is kept as it is, or null. */
export const optionalWord = textOrNull.optional();

/** The name of a zone, or null. */
export const availabilityZone = textOrNull
  .transform((given) => given?.trim() ?? null)
  .refine((given) => given !== '', { error: tooShort })
  .optional();

/** Text with something in it besides space, stripped. */
export const name = text
  .transform((given) => given.trim())
  .refine((given) => given !== '', { error: tooShort });

/** With or without dashes, as Python's UUID reads it. */
const uuidPattern = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export const uuid = z.string({ error: notOfType('string') }).regex(uuidPattern, { error: noUuid });

export const optionalUuid = z
  .string({ error: notOfType('string', 'null') })
  .regex(uuidPattern, { error: noUuid })
  .nullable()
  .optional();

/** `{ "key": "value" }` with keys of a pattern. */
const pairsWith = (keyPattern: string) => {
  const keyRule = new RegExp(keyPattern);
  return z.record(z.string(), text, { error: notOfType('object') }).superRefine((pairs, context) => {
    const wrong = Object.keys(pairs).find((key) => !keyRule.test(key));
    if (wrong !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `${literal(wrong)} does not match any of the regexes: '${keyPattern}'`,
      });
    }
  });
};

/** Keys of letters, digits and `-_:. /`, values text; 255 characters each. */
export const metadata = pairsWith('^[a-zA-Z0-9-_:. /]{1,255}$');

/** As metadata, without space and slash in keys. */
export const groupSpecs = pairsWith('^[a-zA-Z0-9-_:.]{1,255}$');

const trueWords = ['true', '1', 'on', 'yes', 'y', 't'];
const falseWords = ['false', '0', 'off', 'no', 'n', 'f'];

/** A boolean, or one of Cinder's words for one. */
export const looseBoolean = z
  .unknown()
  .refine((given) => given !== undefined)
  .transform((given, context): boolean => {
    if (typeof given === 'boolean') {
      return given;
    }
    const word = typeof given === 'string' ? given.toLowerCase() : '';
    if (trueWords.includes(word) || falseWords.includes(word)) {
      return trueWords.includes(word);
    }
    context.addIssue({ code: 'custom', message: `${literal(given)} is not of type 'boolean'` });
    return z.NEVER;
  });

/** Query parameters: true, false, or null for neither. */
export function readBoolean(word: string | null): boolean | null {
  const lower = word?.toLowerCase() ?? '';
  return trueWords.includes(lower) ? true : falseWords.includes(lower) ? false : null;
}

/** GiB: a whole number from 1, also as digits in a string. */
export const volumeSize = z
  .union([z.number(), z.string()], { error: notOfType('integer', 'string') })
  .transform((given, context): number => {
    const size = Number(given);
    const wrong =
      typeof given === 'string' && !/^[0-9]+$/.test(given)
        ? `${literal(given)} does not match '^[0-9]+$'`
        : !Number.isInteger(size)
          ? `${literal(given)} is not of type 'integer', 'string'`
          : size < 1
            ? `${size} is less than the minimum of 1`
            : size > largestInteger
              ? `${size} is greater than the maximum of ${largestInteger}`
              : null;
    if (wrong !== null) {
      context.addIssue({ code: 'custom', message: wrong });
      return z.NEVER;
    }
    return size;
  });

/** What a host tells about itself (os-brick); its content is the driver's to check. */
export const connector = z.record(z.string(), z.unknown(), { error: notOfType('object') });

/** What names a volume or a snapshot of the array; its content is the driver's to check. */
export const reference = z.record(z.string(), z.unknown(), { error: notOfType('object') });

export const migrationPolicy = z.enum(['on-demand', 'never'], {
  error: ({ input }) => `${literal(input)} is not one of ['on-demand', 'never']`,
});

export const attachMode = z.enum(['rw', 'ro'], {
  error: ({ input }) => `${literal(input)} is not one of ['rw', 'ro']`,
});

/** An array without repetitions. */
export const listOf = <Item extends z.ZodType<string>>(item: Item, least = 0) =>
  z
    .array(item, { error: notOfType('array') })
    .refine((given) => given.length >= least, { error: tooShort })
    .refine((given) => new Set(given).size === given.length, {
      error: ({ input }) => `${literal(input)} has non-unique elements`,
    });
