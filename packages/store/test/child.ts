import { systemClock } from '@cinder-flasharray/common';
import { openStore } from '../src/open-store.ts';
import { aVolume, id } from './rows.ts';

/**
 * A process of its own for the tests: opens the store named by the first argument, says so, and stays until it is
 * killed. `middle`, as the second argument, first goes halfway through a transaction.
 */
const [path, mode] = process.argv.slice(2);
if (path === undefined) {
  throw new Error('which database?');
}
const store = await openStore({ path, clock: systemClock });
const forever = setInterval(() => undefined, 1_000_000);
forever.ref();

if (mode === 'middle') {
  await store.volumes.insert(aVolume(1));
  await store.transaction(async (records) => {
    await records.volumes.update(id(1), { displayName: 'half done' });
    await records.volumes.insert(aVolume(2));
    process.stdout.write('ready\n');
    await new Promise(() => undefined);
  });
}
process.stdout.write('ready\n');
