import {
  callFaultKinds,
  crashKinds,
  type Phase,
  type Point,
  type PointKind,
  type PointReport,
} from './point-world.ts';
import type { Random } from './random.ts';

/** Runs the operation, broken off at these points. */
export type RunPoints = (points: readonly Point[]) => Promise<PointReport>;

/** How the worlds of an operation were broken off. */
export const breaks = ['not at all', 'one death', 'two deaths', 'a failed call'] as const;
export type Break = (typeof breaks)[number];

export interface BadPoint {
  readonly points: readonly Point[];
  readonly findings: readonly string[];
}

/** What became of one operation, broken off everywhere. */
export interface Examination {
  readonly statements: number;
  readonly calls: number;
  readonly worlds: Readonly<Record<Break, number>>;
  readonly bad: Readonly<Record<Break, readonly BadPoint[]>>;
}

export interface ExamineOptions {
  /** Draws the points of two deaths. */
  readonly random: Random;
  /** First points of two deaths, and second points of each; null: all. */
  readonly sample: number | null;
  /** Looks at single deaths and failed calls only. */
  readonly onlyFirst?: boolean;
}

/**
 * Finds the points of an operation in a run that nothing happens to, and breaks it off at each: the process dies; it
 * dies once more in the recovery from that; one call fails.
 */
export async function examine(run: RunPoints, options: ExamineOptions): Promise<Examination> {
  const worlds = { 'not at all': 0, 'one death': 0, 'two deaths': 0, 'a failed call': 0 };
  const bad: Record<Break, BadPoint[]> = {
    'not at all': [],
    'one death': [],
    'two deaths': [],
    'a failed call': [],
  };
  const examined = async (how: Break, points: readonly Point[]): Promise<PointReport> => {
    const report = await run(points);
    worlds[how] += 1;
    if (report.findings.length > 0) {
      bad[how].push({ points, findings: report.findings });
    }
    return report;
  };
  const whole = await examined('not at all', []);
  const [phase = { statements: 0, calls: [] }] = whole.phases;
  if (whole.findings.length === 0) {
    const deaths = await Promise.all(
      deathsIn(phase).map(async (point) => ({ point, report: await examined('one death', [point]) })),
    );
    const failures = failuresIn(phase).map((point) => examined('a failed call', [point]));
    await Promise.all(failures);
    if (options.onlyFirst !== true) {
      const sound = deaths.filter(({ report }) => report.findings.length === 0);
      const pairs = drawn(options, sound).flatMap(({ point, report }) =>
        drawn(options, deathsIn(report.phases[1] ?? { statements: 0, calls: [] })).map(
          (second): readonly Point[] => [point, second],
        ),
      );
      await Promise.all(pairs.map((points) => examined('two deaths', points)));
    }
  }
  const places = new Map<BadPoint, string>();
  for (const list of Object.values(bad)) {
    // Worlds end in any order, and are told of in one.
    for (const one of list) {
      places.set(one, one.points.map(({ kind, number }) => `${kind} ${String(number).padStart(6)}`).join());
    }
    list.sort((one, other) => (places.get(one) ?? '').localeCompare(places.get(other) ?? ''));
  }
  return { statements: phase.statements, calls: phase.calls.length, worlds, bad };
}

/** A death before each statement, before each call is applied, and after. */
function deathsIn({ statements, calls }: Phase): readonly Point[] {
  return [
    ...numbered('statement', statements),
    ...numbered('before', calls.length),
    ...numbered('after', calls.length),
  ];
}

function failuresIn({ calls }: Phase): readonly Point[] {
  return callFaultKinds.flatMap((kind) =>
    numbered(kind, calls.length).filter(({ number }) => calls[number - 1]?.isAside === false),
  );
}

function numbered(kind: PointKind, count: number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({ kind, number: index + 1 }));
}

/** So many of the items as asked for, in their order. */
function drawn<T>({ random, sample }: ExamineOptions, items: readonly T[]): readonly T[] {
  if (sample === null || items.length <= sample) {
    return items;
  }
  const left = items.map((_, index) => index);
  const taken = Array.from({ length: sample }, () => left.splice(random.below(left.length), 1)).flat();
  return taken
    .sort((one, other) => one - other)
    .flatMap((index) => {
      const item = items[index];
      return item === undefined ? [] : [item];
    });
}

/** `statement:17`; two points: `statement:17,before:3`. */
export function pointsText(points: readonly Point[]): string {
  return points.map(({ kind, number }) => `${kind}:${number}`).join(',');
}

/** @throws Error that says what is wrong with the text */
export function parsePoints(text: string): readonly Point[] {
  return text.split(',').map((word) => {
    const [name, digits = ''] = word.split(':');
    const kind = [...crashKinds, ...callFaultKinds].find((candidate) => candidate === name);
    if (kind === undefined || !/^[1-9]\d*$/.test(digits)) {
      const kinds = [...crashKinds, ...callFaultKinds].join(', ');
      throw new Error(`--point ${word}: it is one of ${kinds}, a colon, and a number from 1`);
    }
    return { kind, number: Number(digits) };
  });
}
