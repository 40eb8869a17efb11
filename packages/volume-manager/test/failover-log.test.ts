import type { LogFields, Logger } from '@cinder-flasharray/common';
import { afterEach, expect, test } from 'vitest';
import { copyAndFailOver, failOver } from './copied-site.ts';
import { closeSites, createMirroredType, openSite } from './replicated-site.ts';
import { context, hastyClock, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** Keeps warnings. */
class Warnings implements Logger {
  readonly lines: LogFields[] = [];
  debug = (): void => undefined;
  info = (): void => undefined;
  error = (): void => undefined;
  warn = (fields: LogFields, message: string): void => {
    this.lines.push({ ...fields, message });
  };

  /** Those since the last time. */
  taken(): readonly LogFields[] {
    return this.lines.splice(0);
  }
}

test('the log names each volume that a failover by copies loses, with the reason, and tells the numbers', async () => {
  const log = new Warnings();
  const site = await openSite('async', hastyClock, log);
  const started = await site.start();
  const { manager, blockStorage } = started;
  await createMirroredType(blockStorage, 'async');
  const made: string[] = [];
  for (const volumeType of ['mirrored', null]) {
    made.push((await blockStorage.volumes.create(context, volumeRequest({ volumeType }))).id);
    await manager.idle();
  }
  const [mirrored, plain] = made;
  log.taken();
  await copyAndFailOver(site, started, 'fa2');
  const lost = 'the volume is not available until that array is current again';
  const numbers = { backend: 'node1@fa1', from: 'default', to: 'fa2', there: 1, lost: 1, outdated: 0 };
  expect(log.taken()).toEqual([
    { volume: plain, array: 'default', reason: 'it is not replicated', message: lost },
    { ...numbers, message: 'the back end has failed over: not every volume is there' },
  ]);
  await failOver(started, 'default');
  expect(log.taken()).toEqual([
    {
      volume: mirrored,
      array: 'default',
      copy: 'fa2',
      message: 'the volume has what it had before it was copied; what was written to the copy is not in it',
    },
    {
      ...{ backend: 'node1@fa1', from: 'fa2', to: 'default', there: 1, lost: 0, outdated: 1 },
      message: 'the back end is back on its primary: not every volume is there',
    },
  ]);
});

test('after a failover in the pod, and back, the log says that every volume is there', async () => {
  const log = new Warnings();
  const site = await openSite('sync', hastyClock, log);
  const started = await site.start();
  const { manager, blockStorage } = started;
  await createMirroredType(blockStorage, 'sync');
  await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  log.taken();
  await failOver(started, 'fa2');
  await failOver(started, 'default');
  expect(log.taken().map(({ message, there, lost, outdated }) => [message, there, lost, outdated])).toEqual([
    ['the back end has failed over: every volume is there', 1, 0, 0],
    ['the back end is back on its primary: every volume is there', 1, 0, 0],
  ]);
});
