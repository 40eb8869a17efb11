import { describe, expect, test } from 'vitest';
import { type Examination, examine, parsePoints, pointsText } from './every-point.ts';
import { type Point, type PointReport, runPointWorld } from './point-world.ts';
import { type PointOperation, pointOperations, pointPurities } from './points.ts';
import { Random } from './random.ts';

function operationNamed(name: string): PointOperation {
  const operation = pointOperations.find((candidate) => candidate.name === name);
  if (operation === undefined) {
    throw new Error(`there is no operation ${name}`);
  }
  return operation;
}

async function examined(operation: PointOperation, purity: string, onlyFirst: boolean): Promise<Examination> {
  // One after the other: worlds side by side in one thread would catch each other's errors.
  let last: Promise<unknown> = Promise.resolve();
  const run = (points: readonly Point[]): Promise<PointReport> => {
    const next = last.then(() => runPointWorld({ operation, purity, seed: 1, points, traceLines: 0 }));
    last = next;
    return next;
  };
  return await examine(run, { random: new Random(1), sample: 3, onlyFirst });
}

const nothingBad = { 'not at all': [], 'one death': [], 'two deaths': [], 'a failed call': [] };

describe('an operation that is broken off at every point', () => {
  test.each(pointPurities)(
    'extend is done or was never begun, on Purity %s',
    async (purity) => {
      const examination = await examined(operationNamed('extend'), purity, false);
      expect(examination.bad).toEqual(nothingBad);
      expect(examination.statements).toBeGreaterThan(10);
      expect(examination.worlds['one death']).toBe(examination.statements + 2 * examination.calls);
      expect(examination.worlds['two deaths']).toBe(9);
      expect(examination.worlds['a failed call']).toBe(3 * examination.calls);
    },
    60_000,
  );

  test('a new snapshot is there or was never begun', async () => {
    const examination = await examined(operationNamed('snapshot-create'), '6.11.0', true);
    expect(examination.bad).toEqual(nothingBad);
    expect(examination.worlds['two deaths']).toBe(0);
  }, 60_000);
});

describe('a promise that is broken', () => {
  const extend = operationNamed('extend');

  test('in every run is found in the one that nothing happens to', async () => {
    const never: PointOperation = {
      ...extend,
      prepare: async (scene) => ({ ...(await extend.prepare(scene)), missing: () => 'it is not blue' }),
    };
    const { bad, worlds } = await examined(never, '6.11.0', false);
    expect(bad['not at all']).toEqual([
      { points: [], findings: ['[not-done] it was accepted, and it is not blue'] },
    ]);
    expect(worlds['one death']).toBe(0);
  });

  test('by a death is found at each death, and not without one', async () => {
    const mortal: PointOperation = {
      ...extend,
      prepare: async (scene) => {
        const prepared = await extend.prepare(scene);
        const missing = (): string | null => (scene.stage.lives > 1 ? 'the service has died' : null);
        return { ...prepared, missing, remains: missing };
      },
    };
    const { bad, worlds } = await examined(mortal, '6.11.0', true);
    expect(bad['not at all']).toEqual([]);
    expect(bad['a failed call']).toEqual([]);
    expect(bad['one death'].length).toBe(worlds['one death']);
  }, 60_000);
});

describe('one point', () => {
  const operation = operationNamed('snapshot-create');
  const at = (points: readonly Point[]) =>
    runPointWorld({ operation, purity: '6.11.0', seed: 1, points, traceLines: 100_000 });

  test('is the same moment each time, line by line', async () => {
    const points = parsePoints('statement:20,before:2');
    const [first, second] = [await at(points), await at(points)];
    expect(first.trace.filter((line) => line.includes('the process dies b')).length).toBe(2);
    expect(first.phases.length).toBe(3);
    expect(second.trace).toEqual(first.trace);
  });

  test('that is never reached is said to be so', async () => {
    const { findings } = await at(parsePoints('after:900'));
    expect(findings).toContain('[harness] point 1 was not reached');
  });

  test('is read as it is written', () => {
    const text = 'statement:17,before:3';
    expect(pointsText(parsePoints(text))).toBe(text);
    expect(() => parsePoints('statement:0')).toThrow('a number from 1');
    expect(() => parsePoints('nowhere:1')).toThrow('--point nowhere:1');
  });
});
