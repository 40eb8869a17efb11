import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlashArray } from '../src/port/flash-array.ts';
import {
  arrayContract,
  type ContractGround,
  contractCases,
  failingCases,
} from './contract/array-contract.ts';
import { realGround, simulatedGround } from './contract/grounds.ts';
import { levels } from './contract/levels.ts';
import type { Subject } from './contract/subject.ts';

const { FLASHARRAY_ADDRESS: address, FLASHARRAY_API_TOKEN: token } = process.env;

if (address !== undefined && token !== undefined) {
  arrayContract({
    level: `a real array at ${address}`,
    open: () => realGround(address, token),
    skip: [
      {
        reason: 'needs a simulated array, or depends on the version of the real one',
        tests: contractCases
          .filter(
            (each) =>
              each.simulatorOnly === true || / > (are|a personality is) refused where /.test(each.name),
          )
          .map((each) => each.name),
      },
    ],
  });
} else {
  for (const { version, skip } of levels) {
    arrayContract({ level: `REST ${version}`, open: () => simulatedGround(version), skip });
  }
}

/** The subject with another client in place of its own. */
function withArray(change: (array: FlashArray) => Partial<FlashArray>): (subject: Subject) => Subject {
  return (subject) => ({ ...subject, array: { ...subject.array, ...change(subject.array) } });
}

/** A role of the port with some of its methods replaced. */
function replace<T extends object>(role: T, methods: Partial<T>): T {
  return new Proxy(role, {
    get: (target, key) => {
      const value: unknown = Reflect.get(Object.hasOwn(methods, key) ? methods : target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('the contract on an adapter that breaks it', () => {
  const [level] = levels.filter(({ version }) => version === '2.26');
  const grounds: ContractGround[] = [];
  beforeAll(async () => {
    grounds.push(await simulatedGround('2.26'));
  });
  afterAll(async () => {
    await Promise.all(grounds.map((ground) => ground.close()));
  });

  async function failing(sabotage: (subject: Subject) => Subject): Promise<readonly string[]> {
    const [ground] = grounds;
    return ground === undefined ? [] : await failingCases(ground, level?.skip ?? [], sabotage);
  }

  test('finds nothing when nothing is broken', async () => {
    expect(await failing((subject) => subject)).toEqual([]);
  });

  test('finds a size that is swallowed', async () => {
    const sabotage = withArray(({ volumes }) => ({
      volumes: replace(volumes, {
        extend: async (name) => volumes.extend(name, await sizeOf(volumes, name)),
      }),
    }));
    expect(await failing(sabotage)).toContain('extending > grows, and the same size again succeeds');
  });

  test('finds an error that is swallowed', async () => {
    const sabotage = withArray(({ volumes }) => ({
      volumes: replace(volumes, {
        eradicate: (name, options) => volumes.eradicate(name, options).catch(() => undefined),
      }),
    }));
    expect(await failing(sabotage)).toContain('eradicating > only what is destroyed');
  });

  test('finds a list that is cut short', async () => {
    const sabotage = withArray(({ connections }) => ({
      connections: replace(connections, {
        list: async (filter) => (await connections.list(filter)).slice(0, 1),
      }),
    }));
    expect(await failing(sabotage)).toContain('connections > are listed by volume, by host and by both');
  });

  test('finds destroyed and absent taken for one another', async () => {
    const sabotage = withArray(({ snapshots }) => ({
      snapshots: replace(snapshots, {
        find: async (name) => {
          const state = await snapshots.find(name);
          return state.kind === 'destroyed' ? { kind: 'absent' } : state;
        },
      }),
    }));
    expect(await failing(sabotage)).toContain('snapshots > are destroyed once and then eradicated');
  });
});

async function sizeOf(volumes: FlashArray['volumes'], name: string) {
  const state = await volumes.find(name);
  if (state.kind !== 'live') {
    throw new Error(`the volume is ${state.kind}`);
  }
  return state.volume.size;
}
