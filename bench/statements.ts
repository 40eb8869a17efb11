import { runPointWorld } from '../test/simulation/point-world.ts';
import { pointOperations, pointPurities } from '../test/simulation/points.ts';

/** Statements of the database and array calls of each operation, from the request to rest, with nothing else going on. */
export async function statements(): Promise<readonly (readonly string[])[]> {
  const purity = pointPurities[pointPurities.length - 1] ?? '';
  const rows: (readonly string[])[] = [];
  for (const operation of pointOperations) {
    const { phases } = await runPointWorld({ operation, purity, seed: 1, points: [], traceLines: 0 });
    const [phase] = phases;
    rows.push([operation.name, String(phase?.statements ?? ''), String(phase?.calls.length ?? '')]);
  }
  return rows;
}
