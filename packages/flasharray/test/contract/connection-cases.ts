import { expect } from 'vitest';
import type { Connection } from '../../src/port/connections.ts';
import { aDestroyedVolume, aHost, aVolume, type ContractCase, fails } from './subject.ts';

const byHost = (one: Connection, other: Connection) => String(one.host).localeCompare(String(other.host));
const byLun = (one: Connection, other: Connection) => (one.lun ?? 0) - (other.lun ?? 0);

/** Connections. */
export const connectionCases: readonly ContractCase[] = [
  {
    name: 'connections > take the lowest free LUN of the host',
    run: async (subject) => {
      const host = await aHost(subject);
      const [one, two, three] = [await aVolume(subject), await aVolume(subject), await aVolume(subject)];
      const { connections } = subject.array;
      expect(await connections.create(one.name, host)).toEqual({
        volume: one.name,
        host,
        hostGroup: null,
        lun: 1,
      });
      expect((await connections.create(two.name, host)).lun).toBe(2);
      await connections.delete(one.name, host);
      expect((await connections.create(three.name, host)).lun).toBe(1);
    },
  },
  {
    name: 'connections > are listed by volume, by host and by both',
    run: async (subject) => {
      const [here, there] = [await aHost(subject), await aHost(subject)];
      const [one, two] = [await aVolume(subject), await aVolume(subject)];
      const { connections } = subject.array;
      const a = await connections.create(one.name, here);
      const b = await connections.create(one.name, there);
      const c = await connections.create(two.name, here);
      const ofVolume = await connections.list({ volume: one.name });
      expect(ofVolume.toSorted(byHost)).toEqual([a, b].toSorted(byHost));
      expect((await connections.list({ host: here })).toSorted(byLun)).toEqual([a, c]);
      expect(await connections.list({ volume: two.name, host: here })).toEqual([c]);
      expect(await connections.list({ volume: two.name, host: there })).toEqual([]);
    },
  },
  {
    name: 'connections > what is not there has none',
    run: async (subject) => {
      const { connections } = subject.array;
      const host = await aHost(subject);
      const { name } = await aVolume(subject);
      expect(await connections.list({ volume: name })).toEqual([]);
      expect(await connections.list({ host })).toEqual([]);
      expect(await connections.list({ volume: subject.name('missing') })).toEqual([]);
      expect(await connections.list({ host: subject.name('missing') })).toEqual([]);
      expect(await connections.list({ volume: subject.name('missing'), host })).toEqual([]);
      expect(await connections.list({ volume: await aDestroyedVolume(subject) })).toEqual([]);
    },
  },
  {
    name: 'connections > a pair is connected once',
    run: async (subject) => {
      const host = await aHost(subject);
      const { name } = await aVolume(subject);
      await subject.array.connections.create(name, host);
      await fails(subject.array.connections.create(name, host), 'already-exists');
    },
  },
  {
    name: 'connections > need a live volume and a host, and name the one that is missing',
    run: async (subject) => {
      const host = await aHost(subject);
      const { name } = await aVolume(subject);
      const missing = subject.name('missing');
      const { connections } = subject.array;
      expect((await fails(connections.create(missing, host), 'not-found')).context).toBe(missing);
      expect((await fails(connections.create(name, missing), 'not-found')).context).toBe(missing);
      await fails(connections.create(await aDestroyedVolume(subject), host), 'destroyed');
    },
  },
  {
    name: 'connections > are removed once',
    run: async (subject) => {
      const host = await aHost(subject);
      const { name } = await aVolume(subject);
      const { connections } = subject.array;
      await connections.create(name, host);
      await connections.delete(name, host);
      expect(await connections.list({ volume: name })).toEqual([]);
      await fails(connections.delete(name, host), 'not-found');
      await fails(connections.delete(subject.name('missing'), host), 'not-found');
      await fails(connections.delete(name, subject.name('missing')), 'not-found');
    },
  },
  {
    name: 'connections > of a host group are listed for each of its hosts',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name: array } = subject.simulated();
      const { connections } = subject.array;
      const hosts = [await aHost(subject), await aHost(subject)].toSorted();
      const { name: volume } = await aVolume(subject);
      await control.admin(array, { kind: 'createHostGroup', name: 'g1', hosts });
      await control.admin(array, { kind: 'createHostGroup', name: 'empty' });
      await control.admin(array, { kind: 'connectVolumeToHostGroup', volume, hostGroup: 'g1' });
      const shared = hosts.map((host) => ({ volume, host, hostGroup: 'g1', lun: 254 }));
      expect((await connections.list({ volume })).toSorted(byHost)).toEqual(shared);
      expect(await connections.list({ host: hosts[0] ?? '' })).toEqual(shared.slice(0, 1));
      const { name: lonely } = await aVolume(subject);
      await control.admin(array, {
        kind: 'connectVolumeToHostGroup',
        volume: lonely,
        hostGroup: 'empty',
        lun: 7,
      });
      expect(await connections.list({ volume: lonely })).toEqual([
        { volume: lonely, host: null, hostGroup: 'empty', lun: 7 },
      ]);
    },
  },
];
