import { Secret } from '@cinder-flasharray/common';
import { expect, onTestFinished } from 'vitest';
import { type ConnectArrayOptions, connectArray } from '../../src/connect-array.ts';
import { ArrayError } from '../../src/port/array-error.ts';
import type { FlashArray } from '../../src/port/flash-array.ts';
import { ManualClock } from './manual-clock.ts';
import { apiToken, type ScriptedArray, startScriptedArray } from './scripted-array.ts';

/** Short enough for a test to wait for, in real time: undici's own timers cannot be injected. */
export const shortIdle = 150;

/** Has something done when the test is over. A test that runs beside others brings its own. */
type AtEnd = (work: () => Promise<void>) => void;

/** A scripted array that is closed when the test is over. */
export async function aScriptedArray(atEnd: AtEnd = onTestFinished): Promise<ScriptedArray> {
  const array = await startScriptedArray();
  atEnd(() => array.close());
  return array;
}

/** Options for a scripted array; retries wait no time, and deadlines (of a logout 2 s) pass only by the clock. */
export function optionsFor(
  array: Pick<ScriptedArray, 'address'>,
  changes: Partial<ConnectArrayOptions> = {},
): ConnectArrayOptions {
  return {
    address: array.address,
    apiToken: new Secret(apiToken),
    tls: { kind: 'not-verified' },
    timeouts: { connect: 2_000, idle: 5_000, total: 60_000 },
    userAgent: 'cinder-flasharray tests',
    clock: new ManualClock(1_999),
    random: () => 0.5,
    ...changes,
  };
}

/** A client that is closed when the test is over, by an array that answers again. */
export async function aClient(
  array: ScriptedArray,
  changes: Partial<ConnectArrayOptions> = {},
  atEnd: AtEnd = onTestFinished,
): Promise<FlashArray> {
  const client = await connectArray(optionsFor(array, changes));
  atEnd(async () => {
    array.script(() => undefined);
    await client.close();
  });
  return client;
}

/** The ArrayError that the call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<ArrayError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ArrayError) {
      return error;
    }
    throw error;
  }
  expect.unreachable('the call succeeded');
}
