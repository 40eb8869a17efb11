import { maxConnections } from '@cinder-flasharray/flasharray';
import { Clients, context } from '../test/simulation/clients.ts';
import { newVolume } from '../test/simulation/operations-of-volumes.ts';
import { pointPurities } from '../test/simulation/points.ts';
import { randomFor } from '../test/simulation/random.ts';
import { Scene } from '../test/simulation/scene.ts';
import { answersWithin, Stage } from '../test/simulation/stage.ts';

const count = 100;
/** A call to the array, there and back, milliseconds. */
const callTime = 50;
const seed = 1;

/**
 * So many volumes from one snapshot, asked for at once, on a network where each call takes its time and nothing else
 * does: how many rounds of calls that is at least, with the driver's limit on calls at a time, and what it took.
 */
export async function copies(): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for (const purity of pointPurities) {
    rows.push(await copiesOn(purity));
  }
  return rows;
}

async function copiesOn(purity: string): Promise<readonly string[]> {
  const stage = await Stage.open({
    seed,
    site: 'one',
    purity,
    traceLines: 0,
    restartAfter: () => 1_000,
    latency: [callTime / 2, callTime / 2],
  });
  const { time, trace, network } = stage;
  try {
    const clients = new Clients({
      time,
      random: randomFor(seed, 'clients'),
      trace,
      process: () => stage.process,
      find: (finding) => stage.find(finding),
      isDiskTroubled: () => false,
      face: (service) => service,
    });
    await stage.begin(clients);
    const scene = new Scene(clients, stage);
    const result: number[] = [];
    await stage.within(
      `${count} copies`,
      answersWithin,
      (async () => {
        const { id: snapshotId } = await scene.snapshot(await scene.volume('plain'));
        // The report of the capacity, which follows work, must not come between.
        await time.wait(20_000);
        const before = { now: time.now(), sent: network.sent };
        const request = newVolume({ size: 1, snapshotId });
        await Promise.all(
          Array.from({ length: count }, () =>
            scene.ask('a copy', (service) => service.volumes.create(context, request)),
          ),
        );
        result.push(network.sent - before.sent, time.now() - before.now);
      })(),
    );
    const available = stage.rows().volumes.filter(({ status }) => status === 'available').length;
    if (stage.findings.length > 0 || available !== count + 1) {
      throw new Error([`${available} volumes are available`, ...stage.findings].join('\n'));
    }
    const [calls = 0, took = 0] = result;
    const rounds = Math.ceil(calls / maxConnections);
    return [
      `Purity ${purity}`,
      `${calls} calls`,
      String(maxConnections),
      `${rounds} rounds, ${rounds * callTime} ms`,
      `${(took / callTime).toFixed(1)} rounds, ${Math.round(took)} ms`,
    ];
  } finally {
    await stage.close();
  }
}
