import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kill, type Laboratory, openLaboratory, type Service } from './processes.ts';
import { Random } from './random/random.ts';
import { World } from './random/world.ts';

/** Set it to repeat a run that failed. */
const seed = Number(process.env.RANDOM_WORK_SEED ?? Date.now() % 1_000_000);
/** Each generation of the array's API has this many rounds of some operations each. */
const rounds = 20;
const operationsPerRound = 36;
/** A start costs more than a round: what dies where is the simulation's, this shows that a real death is no other. */
const roundsPerKill = 4;

/**
 * Random work against a random array, in processes of their own: operations beside each other, faults of the array, and
 * in every fourth round `kill -9` in the middle of it. After each round the array itself, read through the simulator's
 * control, is compared with the records.
 */
describe.each([
  ['REST 1', ',purity=5.3.0'],
  ['REST 2', ''],
] as const)('random work, %s', (name, array) => {
  let lab: Laboratory | undefined;
  let service: Service | undefined;

  beforeAll(async () => {
    lab = await openLaboratory(array);
    service = await lab.startService();
  }, 60_000);

  afterAll(async () => {
    await lab?.close();
  }, 60_000);

  test(`leaves records and array alike, seed ${seed}`, { timeout: 900_000 }, async () => {
    if (lab === undefined || service === undefined) {
      throw new Error('not set up');
    }
    const random = new Random(seed + name.length * 7_919 + array.length);
    const world = new World(lab.control, random);
    await world.prepare(service);
    let steps = 0;
    let kills = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const faults = await world.armFaults(round);
      const before = service.running;
      const dies = round % roundsPerKill === 0;
      const work = world.act(service, operationsPerRound);
      if (dies) {
        await world.someRequests(random.below(40));
        await kill(service.running, 'SIGKILL');
        kills += 1;
      }
      steps += await work;
      if (dies) {
        service = await lab.startService();
      }
      await world.settle(service);
      const permanent = await world.endFaults(faults);
      const findings = await world.compare(service, permanent);
      const ids = findings.flatMap((finding) => finding.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? []);
      const trouble = [...new Set([before, service.running])]
        .flatMap(({ output }) => output)
        .filter((line) => /"level":(40|50)|ERROR|WARN/.test(line) || ids.some((id) => line.includes(id)))
        .slice(-40);
      expect(findings, `seed ${seed}, round ${round}, ${name}\n${trouble.join('\n')}`).toEqual([]);
      await world.sweep(service);
    }
    process.stdout.write(`random work, ${name}: ${steps} operations, ${kills} kills, seed ${seed}\n`);
    expect(steps).toBeGreaterThan(rounds * 5);
  });
});
