import { randomBytes } from 'node:crypto';
import { Secret } from '@cinder-flasharray/common';
import { startSimulator } from '@cinder-flasharray/simulator';
import { type ConnectArrayOptions, connectArray } from '../../src/connect-array.ts';
import type { FlashArray } from '../../src/port/flash-array.ts';
import type { ContractGround } from './array-contract.ts';

/** Puts something between client and array, to look at what goes by; gives the address to use instead. */
export type Tap = (
  address: string,
) => Promise<{ readonly address: string; readonly close: () => Promise<void> }>;

const noTap: Tap = async (address) => ({ address, close: async () => undefined });

/** Three simulated arrays of one REST version, emptied for every case. */
export async function simulatedGround(restVersion: string, tap: Tap = noTap): Promise<ContractGround> {
  const peerToken = 'a0b1c2d3-0000-4000-8000-000000000003';
  const limits = { volumeLimit: 1, snapshotLimit: 1, hostLimit: 1 };
  const simulator = await startSimulator({
    arrays: [
      {
        name: 'fa-contract',
        restVersions: [restVersion],
        apiTokens: {
          pureuser: 'a0b1c2d3-0000-4000-8000-000000000001',
          reader: 'a0b1c2d3-0000-4000-8000-000000000002',
        },
        readOnlyUsers: ['reader'],
      },
      { name: 'fa-small', restVersions: [restVersion], ...limits },
      { name: 'fa-peer', restVersions: [restVersion], apiTokens: { pureuser: peerToken }, pageCap: 2 },
    ],
    clock: { startAt: '2026-01-02T03:04:05Z' },
  });
  const { control } = simulator;
  const closers: (() => Promise<void>)[] = [];
  const connect = async (name: string, user: string): Promise<FlashArray> => {
    const token = simulator.arrays.find((running) => running.name === name)?.apiTokens[user];
    if (token === undefined) {
      throw new Error(`the simulator has no ${user} on ${name}`);
    }
    return await connectWith(name, token);
  };
  const connectWith = async (name: string, token: string): Promise<FlashArray> => {
    const array = simulator.arrays.find((running) => running.name === name);
    if (array === undefined) {
      throw new Error(`the simulator has no ${name}`);
    }
    const tapped = await tap(array.address);
    const client = await connectArray(clientOptions(tapped.address, token));
    closers.push(async () => {
      await client.close();
      await tapped.close();
    });
    return client;
  };
  const array = await connect('fa-contract', 'pureuser');
  const readOnly = await connect('fa-contract', 'reader');
  const small = await connect('fa-small', 'pureuser');
  const peer = await connect('fa-peer', 'pureuser');
  let names = 0;
  return {
    begin: async () => {
      await control.reset();
      return {
        array,
        simulated: () => ({
          control,
          name: 'fa-contract',
          small,
          readOnly,
          peer: { name: 'fa-peer', array: peer },
          connectAs: (token) => connectWith('fa-contract', token),
        }),
        name: (what) => {
          names += 1;
          return `${what}-${names}`;
        },
      };
    },
    end: async () => undefined,
    close: async () => {
      await Promise.all(closers.map((close) => close()));
      await simulator.close();
    },
  };
}

/** A real array. What a case makes has names of its own and is removed, for good, when the case is over. */
export async function realGround(address: string, apiToken: string): Promise<ContractGround> {
  const array = await connectArray(clientOptions(address, apiToken));
  const prefix = `contract-${randomBytes(4).toString('hex')}`;
  let names: string[] = [];
  return {
    begin: async () => ({
      array,
      simulated: () => {
        throw new Error('this case needs a simulated array');
      },
      name: (what) => {
        const name = `${prefix}-${what}-${names.length + 1}`;
        names.push(name);
        return name;
      },
    }),
    end: async () => {
      const made = names;
      names = [];
      for (const name of made) {
        await removeAll(array, name);
      }
    },
    close: () => array.close(),
  };
}

async function removeAll(array: FlashArray, name: string): Promise<void> {
  for (const { volume, host } of await array.connections.list({ host: name })) {
    if (host !== null) {
      await array.connections.delete(volume, host);
    }
  }
  if ((await array.hosts.find(name)) !== null) {
    await array.hosts.delete(name);
  }
  const state = await array.volumes.find(name);
  if (state.kind === 'live') {
    await array.volumes.destroy(name);
  }
  if (state.kind !== 'absent') {
    await array.volumes.eradicate(name);
  }
}

function clientOptions(address: string, apiToken: string): ConnectArrayOptions {
  return {
    address,
    apiToken: new Secret(apiToken),
    tls: { kind: 'not-verified' },
    userAgent: 'cinder-flasharray contract suite',
  };
}
