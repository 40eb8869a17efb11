import type { Assignment, ConfFile } from './conf-file.ts';
import type { ConfProblem } from './conf-problem.ts';
import { substitute } from './substitution.ts';

/** Outcome of turning a text into a value: the value, or the rule it breaks. */
export type Parsed<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'broken'; readonly rule: string };

const value = <T>(parsed: T): Parsed<T> => ({ kind: 'value', value: parsed });
const broken = (rule: string): Parsed<never> => ({ kind: 'broken', rule });

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  on: true,
  yes: true,
  false: false,
  '0': false,
  off: false,
  no: false,
};

export function parseBoolean(text: string): Parsed<boolean> {
  const truth = truths[text.trim().toLowerCase()];
  return truth === undefined ? broken('must be true, 1, on, yes, or false, 0, off, no') : value(truth);
}

export function parseInteger(range: {
  readonly min: number;
  readonly max: number;
}): (text: string) => Parsed<number> {
  return (text) => {
    const number = Number(text);
    return /^[+-]?\d+$/.test(text.trim()) && number >= range.min && number <= range.max
      ? value(number)
      : broken(`must be a whole number from ${range.min} to ${range.max}`);
  };
}

export function parseText(text: string): Parsed<string> {
  return value(text);
}

export function parseChoice<const Choice extends string>(
  choices: readonly Choice[],
): (text: string) => Parsed<Choice> {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    return choice === undefined ? broken(`must be one of ${choices.join(', ')}`) : value(choice);
  };
}

/** Items between commas, stripped; a trailing comma is dropped; an empty text is an empty list. */
export function parseList(text: string): Parsed<readonly string[]> {
  const items = text.split(',').map((item) => item.trim());
  if (items.at(-1) === '') {
    items.pop();
  }
  return value(items);
}

/**
 * Pairs between commas, each split at its first colon; a piece without a colon belongs to the pair before it. A
 * repeated or empty key is an error.
 */
export function parseDict(text: string): Parsed<Readonly<Record<string, string>>> {
  const pairs: string[] = [];
  for (const piece of text.split(',')) {
    const last = pairs.pop();
    if (piece.includes(':') || last === undefined) {
      pairs.push(...(last === undefined ? [] : [last]), piece);
    } else {
      pairs.push(`${last},${piece}`);
    }
  }
  const dict: Record<string, string> = {};
  for (const pair of pairs.filter((candidate) => candidate.trim() !== '')) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, Math.max(colon, 0)).trim();
    if (key === '' || key in dict) {
      return broken('must be key:value pairs between commas, each key once');
    }
    dict[key] = pair.slice(colon + 1).trim();
  }
  return value(dict);
}

/** Reads options of one section, with its fallbacks, and collects every problem on the way. */
export class OptionReader {
  readonly #conf: ConfFile;
  readonly #sections: readonly string[];
  readonly problems: ConfProblem[] = [];

  /** @param sections where an option is looked for, the first that has it counts */
  constructor(conf: ConfFile, sections: readonly string[]) {
    this.#conf = conf;
    this.#sections = sections;
  }

  /** The assignment that counts, or null when the option is not set. */
  assignment(option: string): Assignment | null {
    for (const section of this.#sections) {
      const found = this.#conf.last(section, option);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  /** The value, or `otherwise` when the option is not set or its value is broken (which is then a problem). */
  read<T>(option: string, parse: (text: string) => Parsed<T>, otherwise: T): T {
    const assignment = this.assignment(option);
    if (assignment === null) {
      return otherwise;
    }
    const parsed = parse(this.#substituted(assignment));
    if (parsed.kind === 'broken') {
      this.refuse(option, parsed.rule);
      return otherwise;
    }
    return parsed.value;
  }

  /** The values of an option that takes several: all of the first section that has any; broken ones are problems. */
  readAll<T>(option: string, parse: (text: string) => Parsed<T>): readonly T[] {
    const section = this.#sections.find((candidate) => this.#conf.last(candidate, option) !== null);
    const assignments = section === undefined ? [] : this.#conf.all(section, option);
    return assignments.flatMap((assignment) => {
      const parsed = parse(this.#substituted(assignment));
      if (parsed.kind === 'value') {
        return [parsed.value];
      }
      const { file, line } = assignment;
      this.problems.push({ file, line, section: assignment.section, option, rule: parsed.rule });
      return [];
    });
  }

  /** The value, or null when it is not set, empty or broken. */
  text(option: string): string | null {
    const text = this.read<string | null>(option, parseText, null);
    return text === null || text === '' ? null : text;
  }

  /** Not set or empty is a problem. */
  required(option: string, rule: string): string {
    const text = this.text(option);
    if (text === null) {
      this.refuse(option, rule);
    }
    return text ?? '';
  }

  /** Records that an option is not usable, at the place where it is set or would be. */
  refuse(option: string, rule: string): void {
    const assignment = this.assignment(option);
    this.problems.push({
      file: assignment?.file ?? null,
      line: assignment?.line ?? null,
      section: assignment?.section ?? this.#sections[0] ?? null,
      option,
      rule,
    });
  }

  #substituted(assignment: Assignment): string {
    return substitute(
      assignment.value,
      (group, name) =>
        (group === null
          ? (this.#conf.last(assignment.section, name) ?? this.#conf.last('DEFAULT', name))
          : this.#conf.last(group, name)
        )?.value ?? null,
    );
  }
}
