import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { ArrayState } from '@cinder-flasharray/simulator';
import { type Clients, context } from './clients.ts';
import {
  bytesOf,
  type Knowledge,
  type KnownAttachment,
  type KnownGroup,
  type KnownSnapshot,
  type KnownVolume,
} from './knowledge.ts';
import { connectorOf, instances, isMachine } from './machines.ts';
import { newVolume } from './operations-of-volumes.ts';
import { currentArray } from './oracle-input.ts';
import { type Rows, unfinished } from './rows.ts';
import { consistentType } from './site.ts';
import type { Stage } from './stage.ts';

/** What there is at a moment: the service's rows, and the array it works on. */
export interface View {
  readonly rows: Rows;
  readonly array: ArrayState;
}

/** The machine that single operations attach volumes to. */
export const host = 'alpha';

/** How long an operation of the set-up may take, milliseconds. */
const patience = 20 * 60_000;

/** Sets the scene for one operation: objects that are there and at rest, and known for what they hold. */
export class Scene {
  readonly clients: Clients;
  readonly stage: Stage;

  constructor(clients: Clients, stage: Stage) {
    this.clients = clients;
    this.stage = stage;
  }

  get knowledge(): Knowledge {
    return this.stage.knowledge;
  }

  /** `node1@fa`, as requests name the back end. */
  get backend(): string {
    return this.stage.site.backend;
  }

  async view(): Promise<View> {
    const rows = this.stage.rows();
    const { site } = this.stage;
    return { rows, array: await site.simulator.control.state(currentArray(site, rows)) };
  }

  /** Until nothing is under way. */
  async settle(): Promise<void> {
    const { time } = this.stage;
    const end = time.now() + patience;
    for (;;) {
      const left = unfinished(this.stage.rows());
      if (left.length === 0) {
        return;
      }
      if (time.now() > end) {
        throw new Error(`the scene does not come to rest: ${left.join(', ')}`);
      }
      await time.wait(100);
    }
  }

  /** @throws Error when it is refused: nothing of the set-up is */
  async ask<T>(label: string, work: (service: BlockStorage) => Promise<T>): Promise<T> {
    const answer = await this.clients.insist(`set up: ${label}`, work);
    if (answer.kind === 'refused') {
      throw new Error(`set up: ${label} was refused: ${answer.message}`);
    }
    await this.settle();
    return answer.value;
  }

  /** A volume of 1 GiB that somebody has written to. */
  async volume(type: string, group: KnownGroup | null = null): Promise<KnownVolume> {
    const { id } = await this.ask(`create ${type}`, (service) =>
      service.volumes.create(
        context,
        newVolume({ size: 1, volumeType: type, groupId: group === null ? null : group.id }),
      ),
    );
    const volume = this.knowledge.learnVolume(id, { size: 1, type, contents: [0] });
    await this.write(volume);
    return volume;
  }

  async write(volume: KnownVolume): Promise<void> {
    const { rows, array } = await this.view();
    const name = rows.volumes.find(({ id }) => id === volume.id)?.provider_id;
    if (name === null || name === undefined) {
      throw new Error(`volume ${volume.id} has no name on the array`);
    }
    const value = this.knowledge.nextWrite();
    await this.stage.site.simulator.control.writeVolume(array.name, name, 0, bytesOf(value));
    this.knowledge.written(volume, value);
  }

  async snapshot(volume: KnownVolume): Promise<KnownSnapshot> {
    const { id } = await this.ask('create snapshot', (service) =>
      service.snapshots.create(context, {
        volumeId: volume.id,
        displayName: null,
        displayDescription: null,
        metadata: {},
        force: false,
      }),
    );
    return this.knowledge.learnSnapshot(id, volume.id, volume.sizes, new Set(volume.contents));
  }

  /** An attachment that is reserved, or connected to the host. */
  async attachment(volume: KnownVolume, isConnected: boolean): Promise<KnownAttachment> {
    const { id } = await this.ask('create attachment', (service) =>
      service.attachments.create(context, {
        volumeId: volume.id,
        instanceUuid: instances[host] ?? null,
        connector: isConnected ? connectorOf(host) : null,
        mode: null,
      }),
    );
    if (isConnected) {
      await this.ask('complete attachment', (service) => service.attachments.complete(context, id));
    }
    const attachment: KnownAttachment = {
      id,
      volumeId: volume.id,
      host,
      state: isConnected ? 'complete' : 'reserved',
    };
    this.knowledge.attachments.set(id, attachment);
    return attachment;
  }

  /** A group whose snapshots are consistent. */
  async group(): Promise<KnownGroup> {
    const { id } = await this.ask('create group', (service) =>
      service.groups.create(context, {
        groupType: consistentType,
        volumeTypes: ['plain', 'shared'],
        name: null,
        description: null,
        availabilityZone: null,
      }),
    );
    return this.learnGroup(id);
  }

  learnGroup(id: string): KnownGroup {
    const group: KnownGroup = { id, presence: 'yes', changed: new Set(), volumeTypes: ['plain', 'shared'] };
    this.knowledge.groups.set(id, group);
    return group;
  }

  async groupWithVolumes(): Promise<{
    readonly group: KnownGroup;
    readonly volumes: readonly KnownVolume[];
  }> {
    const group = await this.group();
    return { group, volumes: [await this.volume('plain', group), await this.volume('plain', group)] };
  }

  async groupSnapshot(group: KnownGroup, volumes: readonly KnownVolume[]): Promise<{ readonly id: string }> {
    const { id } = await this.ask('create group snapshot', (service) =>
      service.groupSnapshots.create(context, { groupId: group.id, name: null, description: null }),
    );
    this.knowledge.groupSnapshots.set(id, { id, groupId: group.id, presence: 'yes' });
    const { rows } = await this.view();
    for (const row of rows.snapshots.filter(({ group_snapshot_id: own }) => own === id)) {
      const source = volumes.find((volume) => volume.id === row.volume_id);
      this.knowledge.learnSnapshot(row.id, row.volume_id, [1], new Set(source?.contents));
    }
    return { id };
  }

  async failover(target: string): Promise<void> {
    await this.ask(`failover to ${target}`, (service) =>
      service.services.failover(context, this.backend, target),
    );
  }
}

/** Rows that were not there before. */
export function fresh<T extends { readonly id: string }>(
  before: readonly T[],
  now: readonly T[],
): readonly T[] {
  const known = new Set(before.map(({ id }) => id));
  return now.filter(({ id }) => !known.has(id));
}

/** Whether the array shows the volume to the host. */
export function isConnected({ array }: View, volume: KnownVolume): boolean {
  const names = array.hosts.filter((candidate) => isMachine(candidate, host)).map(({ name }) => name);
  return array.connections.some(
    (connection) =>
      connection.volume.endsWith(`volume-${volume.id}-cinder`) && names.includes(connection.host ?? ''),
  );
}
