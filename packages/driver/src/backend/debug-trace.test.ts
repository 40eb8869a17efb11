import { KeyedLock, systemClock } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import { aVolume, baseConfig, LogCapture, MemorySecrets } from '../../test/acceptance/harness.ts';
import { debugTrace } from './debug-trace.ts';
import { FlashArrayDriver } from './flash-array-driver.ts';

test('every method is traced with the back end’s name, and nothing else is', async () => {
  const log = new LogCapture();
  const driver = debugTrace(
    new FlashArrayDriver({
      config: baseConfig('127.0.0.1:1', '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9'),
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: log,
      clock: systemClock,
      randomInteger: () => 0,
      randomUuid: () => '11111111-1111-4111-8111-111111111111',
      platform: 'test',
    }),
    'puredriver-1',
    log,
  );
  expect(driver.names.intendedVolume(aVolume(1))).toBe(`volume-${aVolume(1).id}-cinder`);
  await driver.within(AbortSignal.abort()).exports.ensure(aVolume(1));
  expect(() => driver.connections).toThrow('not connected');
  expect(log.lines.map((line) => line.replace(/ +\{\}$/, ''))).toEqual([
    'debug [puredriver-1] Enter FlashArrayDriver.names.intendedVolume',
    'debug [puredriver-1] Leave FlashArrayDriver.names.intendedVolume',
    'debug [puredriver-1] Enter FlashArrayDriver.exports.ensure',
    'debug [puredriver-1] Leave FlashArrayDriver.exports.ensure',
  ]);
});
