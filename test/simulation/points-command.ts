import { type BadPoint, breaks, type Examination, examine, parsePoints, pointsText } from './every-point.ts';
import type { Point, PointReport } from './point-world.ts';
import { type PointOperation, pointOperations, pointPurities } from './points.ts';
import { randomFor } from './random.ts';
import { categoryOf } from './shorten.ts';
import type { WorldPool } from './world-pool.ts';

/** What `--points` and its companions say. */
export interface PointsArguments {
  /** Null: all. */
  readonly operation: string | null;
  /** Null: all. */
  readonly purity: string | null;
  /** `statement:17`: one world, told in full; null: every point. */
  readonly point: string | null;
  readonly seed: number;
  /** First points of two deaths, and second points of each; null: all. */
  readonly sample: number | null;
  readonly jobs: number;
  readonly tolerate: ReadonlySet<string>;
}

interface Subject {
  readonly operation: PointOperation;
  readonly purity: string;
}

/** @returns whether every world was well */
export async function pointsCommand(args: PointsArguments, pool: WorldPool): Promise<boolean> {
  const subjects = chosenSubjects(args);
  if (args.point === null) {
    return await examineAll(args, subjects, pool);
  }
  const [subject] = subjects;
  if (subject === undefined || args.operation === null) {
    throw new Error('--point: it is a point of one --operation');
  }
  // The newest version, unless one was asked for.
  const { operation, purity } = subjects.at(-1) ?? subject;
  const points = args.point === 'none' ? [] : parsePoints(args.point);
  const report = await pool.runPoints({
    operation: operation.name,
    purity: args.purity ?? purity,
    seed: args.seed,
    points,
    traceLines: 1_000_000,
  });
  tellOne(report);
  return report.findings.length === 0;
}

function chosenSubjects({ operation, purity }: PointsArguments): readonly Subject[] {
  const names = operation === null ? null : operation.split(',');
  const unknown = names?.find((name) => pointOperations.every((candidate) => candidate.name !== name));
  if (unknown !== undefined) {
    const all = pointOperations.map(({ name }) => name).join(', ');
    throw new Error(`--operation ${unknown}: it is one of ${all}`);
  }
  return pointOperations
    .filter(({ name }) => names === null || names.includes(name))
    .flatMap((one) =>
      (purity === null ? pointPurities : [purity]).map((version) => ({ operation: one, purity: version })),
    );
}

function tellOne({ trace, findings, phases }: PointReport): void {
  console.log(trace.join('\n'));
  for (const [index, { statements, calls }] of phases.entries()) {
    console.log(
      `life ${index + 1}: ${index === phases.length - 1 ? `${statements} statements, ` : ''}${calls.length} calls`,
    );
    for (const [order, { label }] of calls.entries()) {
      console.log(`${String(order + 1).padStart(6)} ${label}`);
    }
  }
  for (const finding of findings) {
    console.log(finding);
  }
}

interface Kind {
  count: number;
  readonly first: string;
  readonly finding: string;
}

async function examineAll(
  args: PointsArguments,
  subjects: readonly Subject[],
  pool: WorldPool,
): Promise<boolean> {
  const began = performance.now();
  const kinds = new Map<string, Kind>();
  let [worlds, badWorlds] = [0, 0];
  const waiting = [...subjects];
  const one = async ({ operation, purity }: Subject): Promise<void> => {
    const run = async (points: readonly Point[]): Promise<PointReport> => {
      const report = await pool.runPoints({
        operation: operation.name,
        purity,
        seed: args.seed,
        points,
        traceLines: 0,
      });
      return {
        ...report,
        findings: report.findings.filter((finding) => !args.tolerate.has(categoryOf(finding))),
      };
    };
    const examination = await examine(run, {
      random: randomFor(args.seed, `${operation.name} ${purity}`),
      sample: args.sample,
    });
    const where = `--points --operation ${operation.name} --purity ${purity}`;
    worlds += Object.values(examination.worlds).reduce((sum, number) => sum + number, 0);
    badWorlds += Object.values(examination.bad).reduce((sum, list) => sum + list.length, 0);
    tell(`${operation.name} ${purity}`, where, examination);
    collect(kinds, operation.name, where, examination);
  };
  const inTurn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await one(next);
    }
  };
  // While one operation waits for its last world, others have worlds to run.
  await Promise.all(Array.from({ length: args.jobs + 1 }, inTurn));
  console.log('\nkinds of findings: worlds, kind, operation, how to repeat the first one');
  for (const [name, { count, first, finding }] of [...kinds].sort(
    ([, left], [, right]) => right.count - left.count,
  )) {
    console.log(`${String(count).padStart(6)} ${name.padEnd(46)} ${first}`);
    console.log(`       ${finding.slice(0, 240)}`);
  }
  console.log(`${worlds} worlds, ${badWorlds} bad; ${Math.round((performance.now() - began) / 1_000)} s`);
  return badWorlds === 0;
}

function tell(title: string, where: string, { statements, calls, worlds, bad }: Examination): void {
  const parts = breaks
    .filter((how) => worlds[how] > 0)
    .map((how) => `${how}: ${bad[how].length} bad of ${worlds[how]}`);
  console.log(`${title}: ${statements} statements, ${calls} calls; ${parts.join('; ')}`);
  for (const how of breaks) {
    for (const { points, findings, count } of firstOfEachKind(bad[how])) {
      console.log(`     ${count} like ${where} --point ${points.length === 0 ? 'none' : pointsText(points)}`);
      console.log(
        `       ${findings
          .slice(0, 3)
          .map((finding) => finding.slice(0, 150))
          .join('\n       ')}`,
      );
    }
  }
}

function firstOfEachKind(bad: readonly BadPoint[]): readonly (BadPoint & { readonly count: number })[] {
  const kindOf = ({ findings }: BadPoint): string => [...new Set(findings.map(categoryOf))].join(' ');
  return [...new Set(bad.map(kindOf))].flatMap((kind) => {
    const same = bad.filter((one) => kindOf(one) === kind);
    return same.slice(0, 1).map((first) => ({ ...first, count: same.length }));
  });
}

function collect(kinds: Map<string, Kind>, operation: string, where: string, { bad }: Examination): void {
  for (const { points, findings } of breaks.flatMap((how) => bad[how])) {
    for (const category of new Set(findings.map(categoryOf))) {
      const name = `${category} (${operation})`;
      const finding = findings.find((text) => categoryOf(text) === category) ?? '';
      const kind = kinds.get(name) ?? {
        count: 0,
        first: `${where} --point ${points.length === 0 ? 'none' : pointsText(points)}`,
        finding,
      };
      kinds.set(name, kind);
      kind.count += 1;
    }
  }
}
