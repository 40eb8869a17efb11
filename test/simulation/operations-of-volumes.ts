import type { CreateVolumeRequest } from '@cinder-flasharray/block-storage';
import type { SimulatorControl } from '@cinder-flasharray/simulator';
import { type Clients, context } from './clients.ts';
import {
  addAll,
  after,
  bytesOf,
  eitherOf,
  type Knowledge,
  type KnownSnapshot,
  type KnownVolume,
  mostVolumes,
  presenceAfter,
  unknownType,
} from './knowledge.ts';
import type { Random } from './random.ts';
import { plainPod, type Site } from './site.ts';

const gib = 2 ** 30;

export interface OperationsOptions {
  readonly clients: Clients;
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly site: Site;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Nothing is asked for any more but what ends what was begun. */
  readonly isEnding: () => boolean;
}

const settledStatuses = ['available', 'in-use', 'reserved', 'attaching', 'detaching'];
const isSettled = ({ status }: { readonly status: string }): boolean =>
  settledStatuses.includes(status) || status.startsWith('error');

/** Volumes and their snapshots. */
export class VolumeOperations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  async create(label: string, random: Random): Promise<void> {
    const { clients, knowledge, site } = this.#options;
    if (this.#options.knowledge.knownVolumes().length >= mostVolumes) {
      return;
    }
    const group = random.chance(0.25) ? random.pick(this.#options.knowledge.knownGroups()) : undefined;
    const type = (group === undefined ? random.pick(site.types)?.name : group.volumeTypes[0]) ?? 'plain';
    const size = random.between(1, 3);
    const made = await clients.call(
      `${label} ${size} ${type}${group === undefined ? '' : ` in ${group.id}`}`,
      (service) =>
        service.volumes.create(
          context,
          newVolume({ size, volumeType: type, groupId: group === undefined ? null : group.id }),
        ),
    );
    if (made.kind === 'ok') {
      const volume = knowledge.learnVolume(made.value.id, { size, type, contents: [0] });
      // Another client may have deleted the group, with all that is in it, before this answer came.
      volume.presence = group === undefined || group.presence === 'yes' ? 'yes' : 'maybe';
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async clone(label: string, random: Random, source: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    if (this.#options.knowledge.knownVolumes().length >= mostVolumes || source.sizes.size !== 1) {
      return;
    }
    const [least = 1] = source.sizes;
    const size = least + random.below(2);
    const contents = new Set(source.contents);
    source.copies.add(contents);
    const made = await clients.call(`${label} ${source.id} ${size}`, (service) =>
      service.volumes.create(context, newVolume({ size, sourceVolid: source.id })),
    );
    if (made.kind === 'ok') {
      const copy = knowledge.learnVolume(made.value.id, { size, type: null, contents, source });
      copy.contents = contents;
      await this.#settle(label, made.value.id);
      addAll(copy.history, contents);
      // Repaired meanwhile.
      copy.isRepaired = copy.isRepaired || source.isRepaired;
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    source.copies.delete(contents);
  }

  async fromSnapshot(label: string, random: Random, source: KnownSnapshot): Promise<void> {
    const { clients, knowledge } = this.#options;
    const [least] = source.sizes;
    if (
      this.#options.knowledge.knownVolumes().length >= mostVolumes ||
      source.sizes.size !== 1 ||
      least === undefined
    ) {
      return;
    }
    const size = least + random.below(2);
    const made = await clients.call(`${label} ${source.id} ${size}`, (service) =>
      service.volumes.create(context, newVolume({ size, snapshotId: source.id })),
    );
    if (made.kind === 'ok') {
      knowledge.learnVolume(made.value.id, {
        size,
        type: null,
        contents: source.contents,
        source: knowledge.volumes.get(source.volumeId) ?? null,
      });
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async extend(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients } = this.#options;
    const newSize = Math.max(...volume.sizes, 1) + random.between(1, 2);
    const answer = await clients.call(`${label} ${volume.id} ${newSize}`, (service) =>
      service.volumes.extend(context, volume.id, newSize, { online: true }),
    );
    volume.sizes = after(answer, volume.sizes, new Set([newSize]));
    if (answer.kind === 'ok') {
      await this.#settle(label, volume.id);
    }
  }

  async snapshot(label: string, volume: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    const contents = new Set(volume.contents);
    volume.copies.add(contents);
    const made = await clients.call(`${label} ${volume.id}`, (service) =>
      service.snapshots.create(context, {
        volumeId: volume.id,
        displayName: null,
        displayDescription: null,
        metadata: {},
        force: true,
      }),
    );
    if (made.kind === 'ok') {
      const { id, volumeSize } = made.value;
      const snapshot = knowledge.learnSnapshot(id, volume.id, [volumeSize], contents);
      const seen = await clients.watch(
        `${label} show ${id}`,
        (service) => service.snapshots.get(context, id),
        ({ status }) => status !== 'creating',
      );
      snapshot.wasUsable = seen?.status === 'available';
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    volume.copies.delete(contents);
  }

  async deleteSnapshot(label: string, snapshot: KnownSnapshot): Promise<void> {
    const answer = await this.#options.clients.call(`${label} ${snapshot.id}`, (service) =>
      service.snapshots.delete(context, snapshot.id, { force: false }),
    );
    snapshot.presence = presenceAfter(answer, snapshot.presence);
  }

  async delete(label: string, volume: KnownVolume, cascade: boolean, force: boolean): Promise<void> {
    const { clients, knowledge } = this.#options;
    const { repairs } = volume;
    const answer = await clients.call(`${label} ${volume.id}${cascade ? ' cascade' : ''}`, (service) =>
      service.volumes.delete(context, volume.id, { cascade, force }),
    );
    const isOverwritten = volume.repairs !== repairs || repairs % 2 === 1;
    volume.presence = presenceAfter(answer, volume.presence);
    if (isOverwritten && volume.presence === 'no') {
      volume.presence = 'maybe';
    }
    if (force && answer.kind !== 'refused') {
      // Whatever was going on with it was cut short by hand.
      volume.isRepaired = true;
    }
    for (const snapshot of knowledge.snapshots.values()) {
      if (snapshot.volumeId === volume.id && cascade) {
        snapshot.presence = presenceAfter(answer, snapshot.presence);
      }
    }
  }

  async retype(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, site, now } = this.#options;
    const type = random.pick(site.types.filter(({ name }) => !volume.types.has(name)))?.name;
    if (type === undefined) {
      return;
    }
    const retype = { from: now(), to: Number.POSITIVE_INFINITY };
    volume.retypes.push(retype);
    const { repairs } = volume;
    const answer = await clients.call(`${label} ${volume.id} ${type}`, (service) =>
      service.volumes.retype(context, volume.id, { newType: type, migrationPolicy: 'never' }),
    );
    addAll(volume.earlierTypes, volume.types.size === 0 ? [unknownType] : volume.types);
    // Of a copy whose type nobody was told, only an answer tells.
    volume.types = after(answer, volume.types, new Set([type]));
    if (answer.kind === 'ok') {
      await this.#settle(label, volume.id);
    }
    // A status that was set by hand says nothing of a retype that is still under way.
    const isOverwritten = volume.repairs !== repairs || repairs % 2 === 1;
    if (answer.kind !== 'lost' && !isOverwritten) {
      retype.to = now();
    }
  }

  async revert(label: string, volume: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    const listed = await clients.call(`${label} list snapshots ${volume.id}`, async (service) => {
      const page = await service.snapshots.list(
        context,
        { projectId: null, volumeId: volume.id },
        { sort: [], limit: 1, offset: 0, marker: null },
      );
      return page.kind === 'page' ? page.rows : [];
    });
    const [latest] = listed.kind === 'ok' ? listed.value : [];
    const snapshot = latest === undefined ? undefined : knowledge.snapshots.get(latest.id);
    if (snapshot === undefined) {
      return;
    }
    const answer = await clients.call(`${label} ${volume.id} to ${snapshot.id}`, (service) =>
      service.volumes.revert(context, volume.id, snapshot.id),
    );
    const before = volume.contents;
    volume.contents = after(answer, before, snapshot.contents);
    addAll(volume.history, snapshot.contents);
    if (answer.kind === 'ok') {
      const status = await this.#settle(label, volume.id);
      if (status?.startsWith('error') === true) {
        const isKnown = eitherOf(before, snapshot.contents).size > 0;
        volume.contents = isKnown ? new Set(volume.history) : new Set();
      }
    }
  }

  /** Takes over a volume that an administrator has made on the array. */
  async manage(label: string, random: Random): Promise<void> {
    const { clients, knowledge, control, site } = this.#options;
    const serial = knowledge.nextWrite();
    const size = random.between(1, 3);
    const inPod = site.purity !== '4.8.0' && random.chance(0.2);
    const name = `${inPod ? `${plainPod}::` : ''}admin-made-${serial}`;
    const type = inPod ? 'plain' : (random.pick(site.types)?.name ?? 'plain');
    const array = await this.#arrayOfService(label);
    if (array === null) {
      return;
    }
    try {
      await control.admin(array, { kind: 'createVolume', name, size: size * gib });
      await control.writeVolume(array, name, 0, bytesOf(serial));
    } catch {
      // The array is not there, or lost: no administrator makes volumes on it now.
      return;
    }
    knowledge.foreign.add(name);
    const made = await clients.call(`${label} ${name} ${type}`, (service) =>
      service.manage.manageVolume(context, {
        host: site.backend,
        reference: { 'source-name': name },
        displayName: null,
        displayDescription: null,
        volumeType: type,
        availabilityZone: null,
        metadata: {},
        bootable: false,
      }),
    );
    if (made.kind === 'ok') {
      knowledge.learnVolume(made.value.id, {
        size,
        type,
        contents: [serial],
        plainPod: inPod ? plainPod : null,
        isManaged: true,
      });
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async unmanage(label: string, volume: KnownVolume): Promise<void> {
    const answer = await this.#options.clients.call(`${label} ${volume.id}`, (service) =>
      service.manage.unmanageVolume(context, volume.id),
    );
    volume.presence = presenceAfter(answer, volume.presence);
  }

  /** The array that the back end works on, by its name. Null: nobody can say at the moment. */
  async #arrayOfService(label: string): Promise<string | null> {
    const { clients, site } = this.#options;
    if (site.arrays.size === 1) {
      return 'fa1';
    }
    const listed = await clients.call(`${label} looks at the service`, (api) => api.services.list(context));
    const own =
      listed.kind === 'ok' ? listed.value.find(({ service }) => service.host === site.backend) : undefined;
    if (own === undefined || own.service.replicationStatus === 'failing-over') {
      return null;
    }
    const active = own.service.activeBackendId ?? '';
    return active === '' || active === 'default' ? 'fa1' : active;
  }

  async #settle(label: string, id: string): Promise<string | null> {
    const { clients, knowledge, now } = this.#options;
    const row = await clients.watch(
      `${label} show ${id}`,
      (service) => service.volumes.get(context, id),
      isSettled,
    );
    const known = knowledge.volumes.get(id);
    if (known !== undefined) {
      known.settledAt = Math.min(known.settledAt, now());
    }
    return row?.status ?? null;
  }
}

export function newVolume(about: Partial<CreateVolumeRequest>): CreateVolumeRequest {
  return {
    size: null,
    displayName: null,
    displayDescription: null,
    volumeType: null,
    availabilityZone: null,
    metadata: {},
    snapshotId: null,
    sourceVolid: null,
    groupId: null,
    multiattach: false,
    ...about,
  };
}
