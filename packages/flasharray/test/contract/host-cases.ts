import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import {
  aHost,
  anIqn,
  aVolume,
  type ContractCase,
  chapPassword,
  fails,
  iqnsOf,
  type Subject,
} from './subject.ts';

function noConnections(subject: Subject) {
  return subject.array.capabilities.connectionCounts
    ? { kind: 'counted', count: 0 }
    : { kind: 'not-counted' };
}

async function stateOfHost(subject: Subject, host: string) {
  const { control, name } = subject.simulated();
  return (await control.state(name)).hosts.find((state) => state.name === host);
}

/** Hosts. */
export const hostCases: readonly ContractCase[] = [
  {
    name: 'hosts > a new host has its initiators and is found',
    run: async (subject) => {
      const name = subject.name('host');
      const iqns = [anIqn(subject), anIqn(subject)];
      const host = await subject.array.hosts.create({ name, initiators: iqnsOf(iqns) });
      expect(host).toEqual({
        name,
        iqns,
        wwns: [],
        nqns: [],
        chapUser: null,
        connections: noConnections(subject),
      });
      expect(await subject.array.hosts.find(name)).toEqual(host);
    },
  },
  {
    name: 'hosts > what is not there is null',
    run: async (subject) => {
      expect(await subject.array.hosts.find(subject.name('never'))).toBeNull();
      expect(await subject.array.hosts.find('no such, name')).toBeNull();
    },
  },
  {
    name: 'hosts > are found by their IQN in any letter case',
    run: async (subject) => {
      const iqn = anIqn(subject);
      const name = await aHost(subject, [iqn]);
      await aHost(subject, [anIqn(subject)]);
      for (const spelling of [iqn, iqn.toUpperCase()]) {
        expect(
          (await subject.array.hosts.findByInitiators(iqnsOf(spelling))).map((host) => host.name),
        ).toEqual([name]);
      }
      expect(await subject.array.hosts.findByInitiators(iqnsOf(iqn))).toEqual([
        await subject.array.hosts.find(name),
      ]);
    },
  },
  {
    name: 'hosts > an IQN that nobody holds finds none, whatever characters it has',
    run: async (subject) => {
      await aHost(subject, [anIqn(subject)]);
      expect(await subject.array.hosts.findByInitiators(iqnsOf(anIqn(subject)))).toEqual([]);
      expect(await subject.array.hosts.findByInitiators(iqnsOf("iqn' or is_local or iqns='x"))).toEqual([]);
      expect(await subject.array.hosts.findByInitiators(iqnsOf('*'))).toEqual([]);
    },
  },
  {
    name: 'hosts > names and initiators are held once',
    run: async (subject) => {
      const iqn = anIqn(subject);
      const name = await aHost(subject, [iqn]);
      await fails(subject.array.hosts.create({ name, initiators: iqnsOf([]) }), 'already-exists');
      const other = subject.name('other');
      const failure = await fails(
        subject.array.hosts.create({ name: other, initiators: iqnsOf([iqn]) }),
        'initiator-in-use',
      );
      expect(failure.context).toBe(iqn);
      expect(await subject.array.hosts.find(other)).toBeNull();
      await subject.array.hosts.create({ name: other, initiators: iqnsOf([]) });
      await fails(subject.array.hosts.update(other, { addInitiators: iqnsOf([iqn]) }), 'initiator-in-use');
    },
  },
  {
    name: 'hosts > are made with CHAP credentials',
    run: async (subject) => {
      const name = subject.name('host');
      const chap = { user: 'cmp01', password: chapPassword };
      const host = await subject.array.hosts.create({ name, initiators: iqnsOf([anIqn(subject)]), chap });
      expect(host.chapUser).toBe('cmp01');
      expect((await subject.array.hosts.find(name))?.chapUser).toBe('cmp01');
    },
  },
  {
    name: 'hosts > get the CHAP password that was meant',
    simulatorOnly: true,
    run: async (subject) => {
      const iqn = anIqn(subject);
      const made = await subject.array.hosts.create({
        name: subject.name('made'),
        initiators: iqnsOf([iqn]),
        chap: { user: 'cmp01', password: chapPassword },
      });
      const changed = await aHost(subject);
      await subject.array.hosts.update(changed, { chap: { user: 'cmp02', password: chapPassword } });
      const hash = createHash('sha256').update('a-chap-secret-of-25-chars').digest('hex');
      expect(await stateOfHost(subject, made.name)).toMatchObject({
        chapUser: 'cmp01',
        chapHostPasswordSha256: hash,
      });
      expect(await stateOfHost(subject, changed)).toMatchObject({
        chapUser: 'cmp02',
        chapHostPasswordSha256: hash,
      });
      expect((await subject.array.hosts.findByInitiators(iqnsOf(iqn)))[0]?.chapUser).toBe('cmp01');
    },
  },
  {
    name: 'hosts > are changed in what is said, and keep the rest',
    run: async (subject) => {
      const [first, second] = [anIqn(subject), anIqn(subject)];
      const name = await aHost(subject, [first]);
      await subject.array.hosts.update(name, { addInitiators: iqnsOf([second]) });
      expect((await subject.array.hosts.find(name))?.iqns.toSorted()).toEqual([first, second].toSorted());
      await subject.array.hosts.update(name, {});
      await subject.array.hosts.update(name, { chap: { user: 'cmp03', password: chapPassword } });
      const host = await subject.array.hosts.find(name);
      expect(host?.chapUser).toBe('cmp03');
      expect(host?.iqns).toHaveLength(2);
    },
  },
  {
    name: 'hosts > a change needs a host',
    run: async (subject) => {
      const change = { addInitiators: iqnsOf([anIqn(subject)]) };
      await fails(subject.array.hosts.update(subject.name('missing'), change), 'not-found');
    },
  },
  {
    name: 'hosts > get the personality asked for',
    simulatorOnly: true,
    run: async (subject) => {
      const name = subject.name('host');
      await subject.array.hosts.create({ name, initiators: iqnsOf([]), personality: 'oracle-vm-server' });
      expect((await stateOfHost(subject, name))?.personality).toBe('oracle-vm-server');
      await subject.array.hosts.update(name, { personality: 'esxi' });
      expect((await stateOfHost(subject, name))?.personality).toBe('esxi');
    },
  },
  {
    name: 'hosts > a personality is refused where hosts have none, before anything is made',
    run: async (subject) => {
      const name = subject.name('host');
      const host = { name, initiators: iqnsOf([]), personality: 'esxi' } as const;
      await fails(subject.array.hosts.create(host), 'unsupported');
      expect(await subject.array.hosts.find(name)).toBeNull();
      await fails(subject.array.hosts.update(name, { personality: 'esxi' }), 'unsupported');
    },
  },
  {
    name: 'hosts > are deleted when they have no connections',
    run: async (subject) => {
      const name = await aHost(subject);
      const { name: volume } = await aVolume(subject);
      await subject.array.connections.create(volume, name);
      await fails(subject.array.hosts.delete(name), 'connected');
      await subject.array.connections.delete(volume, name);
      await subject.array.hosts.delete(name);
      expect(await subject.array.hosts.find(name)).toBeNull();
      await fails(subject.array.hosts.delete(name), 'not-found');
    },
  },
  {
    name: 'hosts > count private and shared connections together',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name: array } = subject.simulated();
      const host = await aHost(subject);
      const [one, two] = [await aVolume(subject), await aVolume(subject)];
      await subject.array.connections.create(one.name, host);
      await control.admin(array, { kind: 'createHostGroup', name: 'g1', hosts: [host] });
      await control.admin(array, { kind: 'connectVolumeToHostGroup', volume: two.name, hostGroup: 'g1' });
      expect((await subject.array.hosts.find(host))?.connections).toEqual({ kind: 'counted', count: 2 });
      expect(await subject.array.volumes.find(one.name)).toMatchObject({
        connections: { kind: 'counted', count: 1 },
      });
    },
  },
  {
    name: 'hosts > a full array takes no more',
    simulatorOnly: true,
    run: async (subject) => {
      const { small } = subject.simulated();
      await small.hosts.create({ name: subject.name('first'), initiators: iqnsOf([]) });
      await fails(
        small.hosts.create({ name: subject.name('second'), initiators: iqnsOf([]) }),
        'limit-reached',
      );
    },
  },
];
