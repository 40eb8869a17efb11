import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { faultKinds } from './faults.ts';
import { siteNames } from './site.ts';
import { runWorld } from './world.ts';

/** Runs worlds one after the other, each as it is told. */
const task = z.object({
  seed: z.int(),
  site: z.enum(siteNames),
  faults: z.enum(faultKinds),
  operations: z.int(),
  skip: z.array(z.int()),
  traceLines: z.int(),
});

const port = parentPort;
if (port === null) {
  throw new Error(`a worker of the simulation has no parent: ${JSON.stringify(workerData)}`);
}
port.on('message', (message: unknown) => {
  const { skip, ...options } = task.parse(message);
  runWorld({ ...options, skip: new Set(skip) }).then(
    (report) => port.postMessage({ kind: 'report', report }),
    (error: unknown) =>
      port.postMessage({
        kind: 'failed',
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
