import { silentLogger } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import { clockTimes, context, runManager, volumeRequest } from './running-manager.ts';

/** On which sixteen calls of a tenth of a second, again and again, take more than a minute for three hundred. */
const clock = clockTimes(40);

test('hundreds of creates on a slow array wait for their turn for longer than a call may take', async () => {
  const warnings: string[] = [];
  const warn = (_fields: object, message: string) => warnings.push(message);
  const { blockStorage, close, manager, simulator, store } = await runManager({}, clock, {
    logger: { ...silentLogger, warn, error: warn },
  });
  try {
    await store.quotas.setLimits(context.projectId, { volumes: -1, gigabytes: -1 });
    await simulator.control.addFault('fa1', { kind: 'delay', milliseconds: 100, match: {}, times: null });
    const began = clock.elapsed();
    const made = await Promise.all(
      Array.from({ length: 300 }, () => blockStorage.volumes.create(context, volumeRequest())),
    );
    await manager.idle();
    expect(clock.elapsed() - began).toBeGreaterThan(60_000);
    const statuses = new Set<string | null>();
    for (const { id } of made) {
      statuses.add((await store.volumes.get(id))?.status ?? null);
    }
    expect(statuses).toEqual(new Set(['available']));
    // Done at the first try: no wait in our own queue counts as the array's.
    expect(warnings).toEqual([]);
  } finally {
    await close();
  }
});
