import type { ConfProblem } from './conf-problem.ts';

/** One assignment of a file. */
export interface Assignment {
  readonly section: string;
  readonly option: string;
  /** As written: continuation lines joined with a newline, one pair of outer quotes stripped. */
  readonly value: string;
  readonly file: string;
  /** Line of the key, from 1. */
  readonly line: number;
}

/** What the files say, in order; later files and lines win. */
export class ConfFile {
  readonly #assignments: readonly Assignment[];

  constructor(assignments: readonly Assignment[]) {
    this.#assignments = assignments;
  }

  /** Sections in the order they first appear. */
  get sections(): readonly string[] {
    return [...new Set(this.#assignments.map(({ section }) => section))];
  }

  hasSection(section: string): boolean {
    return this.#assignments.some((assignment) => assignment.section === section);
  }

  /** Every assignment of a section, in order. */
  inSection(section: string): readonly Assignment[] {
    return this.#assignments.filter((assignment) => assignment.section === section);
  }

  /** All assignments of one option in order. The last one counts, except for options that take several. */
  all(section: string, option: string): readonly Assignment[] {
    return this.#assignments.filter(
      (assignment) => assignment.section === section && assignment.option === option,
    );
  }

  last(section: string, option: string): Assignment | null {
    return this.all(section, option).at(-1) ?? null;
  }

  /** The same with another file's assignments after these. */
  followedBy(other: ConfFile): ConfFile {
    return new ConfFile([...this.#assignments, ...other.#assignments]);
  }
}

interface Open {
  readonly section: string;
  readonly option: string;
  readonly lines: string[];
  readonly line: number;
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  return text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)
    ? text.slice(1, -1)
    : text;
}

/**
 * Reads the text of a file as oslo.config does: `key = value` or `key: value`, whichever separator comes first; no
 * comments inside a line; a line that begins with white space goes on with the value above it until a blank line.
 */
export function parseConf(
  text: string,
  file: string,
): { readonly conf: ConfFile; readonly problems: readonly ConfProblem[] } {
  const assignments: Assignment[] = [];
  const problems: ConfProblem[] = [];
  let section: string | null = null;
  let open: Open | null = null;
  const close = (): void => {
    if (open !== null) {
      const { lines, ...rest } = open;
      assignments.push({ ...rest, value: unquoted(lines.join('\n').trim()), file });
      open = null;
    }
  };
  const refuse = (line: number, rule: string): void => {
    problems.push({ file, line, section, option: null, rule });
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '') {
      close();
    } else if (/^\s/.test(raw)) {
      if (open === null) {
        refuse(line, 'a line that begins with white space must continue a value above it');
      } else {
        const { lines }: Open = open;
        lines.push(trimmed);
      }
    } else if (raw.startsWith('#') || raw.startsWith(';')) {
      close();
    } else if (raw.startsWith('[')) {
      close();
      const name = /^\[([^\]]+)\]\s*$/.exec(raw)?.[1]?.trim();
      if (name === undefined || name === '') {
        refuse(line, 'a section must be written [name]');
      } else {
        section = name;
      }
    } else {
      close();
      const separator = raw.search(/[=:]/);
      const option = separator < 0 ? '' : raw.slice(0, separator).trim();
      if (option === '') {
        refuse(line, 'must be a section, a comment, or an option written key = value');
      } else if (section === null) {
        refuse(line, `option ${option} stands before any section: begin the file with [DEFAULT]`);
      } else {
        open = { section, option, lines: [raw.slice(separator + 1).trim()], line };
      }
    }
  }
  close();
  return { conf: new ConfFile(assignments), problems };
}
