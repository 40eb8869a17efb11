import type { AdminOperation, SimulatorControl } from '@cinder-flasharray/simulator';
import { expect } from 'vitest';
import type { FlashArray } from '../../src/port/flash-array.ts';
import type { GroupReplication } from '../../src/port/protection-groups.ts';
import { aVolume, type ContractCase, fails, mebibyte, type Subject, twoGibibytes } from './subject.ts';

/** How long things between the arrays take. */
type Delays = Parameters<SimulatorControl['setReplication']>[0];

/** Two arrays that are connected. */
interface Pair {
  readonly control: SimulatorControl;
  readonly source: FlashArray;
  readonly target: FlashArray;
  readonly from: string;
  readonly to: string;
  readonly admin: (operation: AdminOperation) => Promise<void>;
}

/** Emptying the arrays leaves the delays as they were: a case sets all of them. */
export async function aPair(
  subject: Subject,
  type: 'async-replication' | 'sync-replication',
  delays: Delays = {},
): Promise<Pair> {
  const { control, name: from, peer } = subject.simulated();
  const admin = (operation: AdminOperation) => control.admin(from, operation);
  await control.setReplication({ propagationMs: 0, transferMs: 0, resyncMs: 0, ...delays });
  await admin({ kind: 'connectArray', peer: peer.name, type });
  return { control, source: subject.array, target: peer.array, from, to: peer.name, admin };
}

/** A group of two volumes that is replicated to the other array, and its name there. */
async function aReplicatedGroup(subject: Subject, pair: Pair, group: string) {
  const [one, two] = [await aVolume(subject), await aVolume(subject, 'vol', twoGibibytes)];
  const { protectionGroups: groups } = pair.source;
  await groups.create(group);
  await groups.changeVolumes(group, { add: [one.name, two.name], remove: [] });
  await pair.admin({ kind: 'addReplicationTarget', group, array: pair.to });
  return { one, two, there: `${pair.from}:${group}` };
}

async function millisecondsOf(control: SimulatorControl): Promise<number> {
  return Date.parse((await control.clock()).now);
}

const hour = 3_600_000;

/** What a new group has (REST 1.x section 2.7, REST 2.x section 7.8). */
const initially: GroupReplication = {
  enabled: false,
  frequency: 4 * hour,
  retention: { allFor: 24 * hour, perDay: 4, days: 7 },
};

/** Connected arrays, and replication of protection groups between them. */
export const replicationCases: readonly ContractCase[] = [
  {
    name: 'array connections > tell the other arrays, and whether they are reached',
    simulatorOnly: true,
    run: async (subject) => {
      expect(await subject.array.arrays.connections()).toEqual([]);
      const { control, source, target, from, to } = await aPair(subject, 'async-replication');
      expect(await source.arrays.connections()).toEqual([{ array: to, kind: 'async', connected: true }]);
      expect(await target.arrays.connections()).toEqual([{ array: from, kind: 'async', connected: true }]);
      await control.setReplicationLink(from, to, 'down');
      expect(await source.arrays.connections()).toEqual([{ array: to, kind: 'async', connected: false }]);
      await control.setReplicationLink(from, to, 'up');
    },
  },
  {
    name: 'array connections > tell synchronous ones, and those that have lost a path',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, source, from, to } = await aPair(subject, 'sync-replication');
      expect(await source.arrays.connections()).toEqual([{ array: to, kind: 'sync', connected: true }]);
      await control.setReplicationLink(from, to, 'partial');
      expect(await source.arrays.connections()).toEqual([{ array: to, kind: 'sync', connected: false }]);
      await control.setReplicationLink(from, to, 'up');
    },
  },
  {
    name: 'replication > what is set of schedule and retention is changed, and the rest stays',
    run: async (subject) => {
      const { protectionGroups: groups } = subject.array;
      const group = subject.name('pg');
      await groups.create(group);
      expect(await groups.replication(group)).toEqual(initially);
      await groups.setReplication(group, { frequency: 2 * hour });
      expect(await groups.replication(group)).toEqual({ ...initially, frequency: 2 * hour });
      const retention = { allFor: 3 * hour, perDay: 2, days: 5 };
      await groups.setReplication(group, { retention });
      expect(await groups.replication(group)).toEqual({ ...initially, frequency: 2 * hour, retention });
      await groups.setReplication(group, {});
      await groups.setReplication(group, { ...initially, frequency: 5 * hour });
      expect(await groups.replication(group)).toEqual({ ...initially, frequency: 5 * hour });
      const missing = subject.name('missing');
      await fails(groups.replication(missing), 'not-found');
      await fails(groups.setReplication(missing, { frequency: hour }), 'not-found');
      await fails(groups.setReplication(missing, { retention }), 'not-found');
    },
  },
  {
    name: 'replication > a connected array becomes a target, and stays one',
    simulatorOnly: true,
    run: async (subject) => {
      const { source, to } = await aPair(subject, 'async-replication');
      const { protectionGroups: groups } = source;
      const group = subject.name('pg');
      await fails(groups.targets(group), 'not-found');
      expect((await fails(groups.addTarget(group, to), 'not-found')).context).toBe(group);
      await groups.create(group);
      expect(await groups.targets(group)).toEqual([]);
      await groups.addTarget(group, to);
      expect(await groups.targets(group)).toEqual([{ array: to, allowed: false }]);
      await groups.addTarget(group, to);
      expect(await groups.targets(group)).toEqual([{ array: to, allowed: false }]);
      expect((await fails(groups.addTarget(group, 'fa-small'), 'not-found')).context).toBe('fa-small');
      await groups.destroy(group);
      await fails(groups.addTarget(group, to), 'destroyed');
    },
  },
  {
    name: 'replication > the target allows it once the group is there, and the source learns that',
    simulatorOnly: true,
    run: async (subject) => {
      const delays = { propagationMs: 5_000 };
      const { control, source, target, from, to } = await aPair(subject, 'async-replication', delays);
      const group = subject.name('pg');
      const there = `${from}:${group}`;
      await source.protectionGroups.create(group);
      await source.protectionGroups.addTarget(group, to);
      await fails(target.protectionGroups.allowReplication(there), 'not-found');
      expect(await target.protectionGroups.find(there)).toBe('absent');
      await control.advance(5_000);
      expect(await target.protectionGroups.find(there)).toBe('live');
      await target.protectionGroups.allowReplication(there);
      expect(await source.protectionGroups.targets(group)).toEqual([{ array: to, allowed: false }]);
      await target.protectionGroups.allowReplication(there);
      await control.advance(5_000);
      expect(await source.protectionGroups.targets(group)).toEqual([{ array: to, allowed: true }]);
    },
  },
  {
    name: 'replication > goes by the clock once it is enabled',
    simulatorOnly: true,
    run: async (subject) => {
      const pair = await aPair(subject, 'async-replication');
      const group = subject.name('pg');
      const { there } = await aReplicatedGroup(subject, pair, group);
      const copies = async () => (await pair.target.protectionGroups.replicatedSnapshots(there)).length;
      await pair.source.protectionGroups.setReplication(group, { frequency: hour });
      expect(await copies()).toBe(0);
      await pair.source.protectionGroups.setReplication(group, { enabled: true });
      expect(await pair.source.protectionGroups.replication(group)).toMatchObject({ enabled: true });
      expect(await copies()).toBe(1);
      await pair.control.advance(hour - 1_000);
      expect(await copies()).toBe(1);
      await pair.control.advance(1_000);
      expect(await copies()).toBe(2);
    },
  },
  {
    name: 'replication > copies are listed newest first, and are complete when all has arrived',
    simulatorOnly: true,
    run: async (subject) => {
      const pair = await aPair(subject, 'async-replication', { transferMs: 10_000 });
      const { control, target, admin } = pair;
      const { protectionGroups: groups } = target;
      const group = subject.name('pg');
      const { there } = await aReplicatedGroup(subject, pair, group);
      // Its name begins with the other one's.
      const other = await aReplicatedGroup(subject, pair, `${group}0`);
      await fails(groups.replicatedVolumes(`${there}.copy-2`), 'not-found');
      await admin({ kind: 'replicateNow', group: `${group}0`, suffix: 'copy-1' });
      expect(await groups.replicatedSnapshots(there)).toEqual([]);
      expect(await groups.replicatedSnapshots(other.there)).toHaveLength(1);

      const first = await millisecondsOf(control);
      await admin({ kind: 'replicateNow', group, suffix: 'copy-2' });
      const copy2 = { name: `${there}.copy-2`, started: first };
      expect(await groups.replicatedSnapshots(there)).toEqual([{ ...copy2, complete: false }]);
      expect(await groups.replicatedVolumes(copy2.name)).toEqual([]);
      await control.advance(10_000);
      expect(await groups.replicatedSnapshots(there)).toEqual([{ ...copy2, complete: true }]);

      await admin({ kind: 'replicateNow', group, suffix: 'copy-1' });
      const copy1 = { name: `${there}.copy-1`, started: first + 10_000 };
      expect(await groups.replicatedSnapshots(there)).toEqual([
        { ...copy1, complete: false },
        { ...copy2, complete: true },
      ]);
      await control.advance(10_000);
      await admin({ kind: 'replicateNow', group, suffix: 'copy-3' });
      const copy3 = { name: `${there}.copy-3`, started: first + 20_000 };
      await groups.destroySnapshot(copy2.name);
      expect(await groups.replicatedSnapshots(there)).toEqual([
        { ...copy3, complete: false },
        { ...copy1, complete: true },
      ]);
      await fails(groups.replicatedVolumes(copy2.name), 'not-found');
      expect(await groups.replicatedSnapshots(`${pair.from}:${subject.name('missing')}`)).toEqual([]);
    },
  },
  {
    name: 'replication > copies of volumes are copied and overwrite volumes on the target',
    simulatorOnly: true,
    run: async (subject) => {
      const pair = await aPair(subject, 'async-replication');
      const { control, target, from, to } = pair;
      const group = subject.name('pg');
      const { one, two, there } = await aReplicatedGroup(subject, pair, group);
      // The target shows two rows a page.
      const three = await aVolume(subject);
      await pair.source.protectionGroups.changeVolumes(group, { add: [three.name], remove: [] });
      await control.writeVolume(from, one.name, 0, Buffer.alloc(mebibyte, 'x'));
      await pair.admin({ kind: 'replicateNow', group, suffix: 'copy-1' });
      await pair.admin({ kind: 'replicateNow', group, suffix: 'copy-10' });

      const rows = await target.protectionGroups.replicatedVolumes(`${there}.copy-1`);
      expect(rows.toSorted((a, b) => a.volume.localeCompare(b.volume, 'en', { numeric: true }))).toEqual(
        [one, two, three].map(({ name, size }) => ({
          snapshot: `${there}.copy-1.${name}`,
          volume: name,
          size,
        })),
      );
      const source = `${there}.copy-1.${one.name}`;
      await target.volumes.copy({ name: one.name, source, defaultProtection: false });
      expect(Buffer.from(await control.readVolume(to, one.name, 0, 4)).toString()).toBe('xxxx');
      const taken = subject.name('taken');
      await target.volumes.create({ name: taken, size: twoGibibytes, defaultProtection: false });
      expect((await target.volumes.overwrite(taken, source)).size).toBe(one.size);
      expect(Buffer.from(await control.readVolume(to, taken, 0, 4)).toString()).toBe('xxxx');
    },
  },
];
