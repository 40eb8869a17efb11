import { type Bytes, bytes, Secret } from '@cinder-flasharray/common';
import type { SimulatorControl } from '@cinder-flasharray/simulator';
import { expect } from 'vitest';
import { ArrayError, type ArrayErrorCode } from '../../src/port/array-error.ts';
import type { FlashArray } from '../../src/port/flash-array.ts';
import type { Initiators } from '../../src/port/hosts.ts';
import type { Volume, VolumeState } from '../../src/port/volumes.ts';

/** What only a simulated array can be made to do. */
interface Simulated {
  readonly control: SimulatorControl;
  /** Name of the array in the simulator. */
  readonly name: string;
  /** A client of a second array that takes one volume, one snapshot and one host. */
  readonly small: FlashArray;
  /** An array to replicate to, not connected to the first one yet. */
  readonly peer: { readonly name: string; readonly array: FlashArray };
  /** A client whose token belongs to a user that may only read. */
  readonly readOnly: FlashArray;
  /** Another client of the array, for as long as the suite lasts. */
  readonly connectAs: (apiToken: string) => Promise<FlashArray>;
}

/** What a case of the contract is run on. */
export interface Subject {
  readonly array: FlashArray;
  /** Throws on a real array: cases that ask for it are skipped there. */
  readonly simulated: () => Simulated;
  /** A name that nothing on the array has yet. */
  readonly name: (what: string) => string;
}

/** One promise of the port. */
export interface ContractCase {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
  /** Needs more than a real array offers. */
  readonly simulatorOnly?: boolean;
}

export const mebibyte = 2 ** 20;
export const oneGibibyte: Bytes = bytes(1_073_741_824);
export const twoGibibytes: Bytes = bytes(2_147_483_648);

export const chapPassword = new Secret('a-chap-secret-of-25-chars');

export function aVolume(subject: Subject, what = 'vol', size: Bytes = oneGibibyte): Promise<Volume> {
  return subject.array.volumes.create({ name: subject.name(what), size, defaultProtection: false });
}

export async function aDestroyedVolume(subject: Subject): Promise<string> {
  const { name } = await aVolume(subject, 'gone');
  await subject.array.volumes.destroy(name);
  return name;
}

export async function aHost(subject: Subject, iqns: readonly string[] = []): Promise<string> {
  const name = subject.name('host');
  await subject.array.hosts.create({ name, initiators: iqnsOf(iqns) });
  return name;
}

/** An IQN that no host holds yet. */
export function anIqn(subject: Subject): string {
  return `iqn.1993-08.org.debian:01:${subject.name('initiator')}`;
}

export function iqnsOf(names: string | readonly string[]): Initiators {
  return { kind: 'iqn', names: typeof names === 'string' ? [names] : names };
}

/** The volume of a state that must be live. */
export function live(state: VolumeState): Volume {
  if (state.kind !== 'live') {
    throw new Error(`the volume is ${state.kind}`);
  }
  return state.volume;
}

/** The call must fail with one of the codes, saying that nothing was done. */
export async function fails(
  call: Promise<unknown>,
  ...codes: readonly ArrayErrorCode[]
): Promise<ArrayError> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ArrayError)) {
      throw error;
    }
    expect(codes, error.message).toContain(error.code);
    expect(error.applied).toBe('no');
    expect(error.message).not.toBe('');
    return error;
  }
  expect.unreachable(`the call succeeded; ${codes.join(' or ')} was expected`);
}

/** All rows of a list that comes in pages. */
export async function everything<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const rows: T[] = [];
  for await (const page of pages) {
    rows.push(...page);
  }
  return rows;
}
