import type { JsonObject, Metadata } from '@cinder-flasharray/store';
import { isTrue } from '@cinder-flasharray/volume-manager';

type Comparator = (capability: unknown, wanted: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Comparator =>
  (capability, wanted) => {
    const [a, b] = [Number(capability), Number(wanted)];
    return capability !== '' && wanted !== '' && !Number.isNaN(a) && !Number.isNaN(b) && compare(a, b);
  };
const textual =
  (compare: (a: string, b: string) => boolean): Comparator =>
  (capability, wanted) =>
    compare(String(capability), wanted);

/** The scheduler's operators. `=` means "at least", as in Cinder; `<in>` is a substring test. */
const comparators: Readonly<Record<string, Comparator>> = {
  '=': numeric((a, b) => a >= b),
  '==': numeric((a, b) => a === b),
  '!=': numeric((a, b) => a !== b),
  '>=': numeric((a, b) => a >= b),
  '<=': numeric((a, b) => a <= b),
  's==': textual((a, b) => a === b),
  's!=': textual((a, b) => a !== b),
  's<': textual((a, b) => a < b),
  's<=': textual((a, b) => a <= b),
  's>': textual((a, b) => a > b),
  's>=': textual((a, b) => a >= b),
  '<is>': (capability, wanted) => isTrue(String(capability)) === isTrue(wanted),
  '<in>': (capability, wanted) => String(capability).includes(wanted),
};

function matches(capability: unknown, wanted: string): boolean {
  const words = wanted.trim().split(/\s+/);
  const [operator = ''] = words;
  if (operator === '<or>') {
    return wanted
      .split('<or>')
      .map((choice) => choice.trim())
      .filter((choice) => choice !== '')
      .some((choice) => choice === String(capability));
  }
  const compare = comparators[operator];
  return compare === undefined
    ? String(capability) === wanted
    : compare(capability, words.slice(1).join(' '));
}

/**
 * Whether a pool can serve a type. Specs without a scope, or with the scope `capabilities`, are compared with what
 * the pool reports; those of other scopes are for the driver. A list matches when one of its items does.
 */
export function satisfiesSpecs(capabilities: JsonObject, specs: Metadata): boolean {
  return Object.entries(specs).every(([key, wanted]) => {
    const [scope, ...rest] = key.split(':');
    if (rest.length > 0 && scope !== 'capabilities') {
      return true;
    }
    const name = rest.length > 0 ? rest.join(':') : key;
    const capability = capabilities[name];
    if (capability === undefined || capability === null) {
      return false;
    }
    return Array.isArray(capability)
      ? capability.some((item) => matches(item, wanted))
      : matches(capability, wanted);
  });
}
