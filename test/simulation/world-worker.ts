import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { faultKinds } from './faults.ts';
import { callFaultKinds, crashKinds, runPointWorld } from './point-world.ts';
import { pointOperations } from './points.ts';
import { siteNames } from './site.ts';
import { runWorld } from './world.ts';

/** Runs worlds one after the other, each as it is told. */
const task = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('world'),
    seed: z.int(),
    site: z.enum(siteNames),
    faults: z.enum(faultKinds),
    operations: z.int(),
    skip: z.array(z.int()),
    traceLines: z.int(),
  }),
  z.object({
    kind: z.literal('points'),
    operation: z.string(),
    purity: z.string(),
    seed: z.int(),
    points: z.array(z.object({ kind: z.enum([...crashKinds, ...callFaultKinds]), number: z.int() })),
    traceLines: z.int(),
  }),
]);

async function run(message: unknown): Promise<unknown> {
  const asked = task.parse(message);
  if (asked.kind === 'world') {
    return await runWorld({ ...asked, skip: new Set(asked.skip) });
  }
  const operation = pointOperations.find(({ name }) => name === asked.operation);
  if (operation === undefined) {
    throw new Error(`there is no operation ${asked.operation}`);
  }
  return await runPointWorld({ ...asked, operation });
}

const port = parentPort;
if (port === null) {
  throw new Error(`a worker of the simulation has no parent: ${JSON.stringify(workerData)}`);
}
port.on('message', (message: unknown) => {
  run(message).then(
    (report) => port.postMessage({ kind: 'report', report }),
    (error: unknown) =>
      port.postMessage({
        kind: 'failed',
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
