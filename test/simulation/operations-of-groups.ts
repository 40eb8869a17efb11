import { context } from './clients.ts';
import {
  addAll,
  type Contents,
  type KnownGroup,
  type KnownGroupSnapshot,
  type KnownVolume,
  mostVolumes,
  presenceAfter,
} from './knowledge.ts';
import type { OperationsOptions } from './operations-of-volumes.ts';
import type { Random } from './random.ts';
import { consistentType, genericType, replicatedGroupType } from './site.ts';

/** Groups of volumes and their snapshots. */
export class GroupOperations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  async createGroup(label: string, random: Random): Promise<void> {
    const { clients, knowledge, site } = this.#options;
    if (this.#options.knowledge.knownGroups().length > 3) {
      return;
    }
    const replicated = random.chance(0.5)
      ? random.pick(site.types.filter(({ replication }) => replication !== null))
      : undefined;
    const volumeTypes = replicated === undefined ? ['plain', 'shared'] : [replicated.name];
    // Copies are made of asynchronous volumes, and of the pod for the third site.
    const isCopied = replicated !== undefined && replicated.replication !== 'sync' && random.chance(0.4);
    const consistent = isCopied ? replicatedGroupType : consistentType;
    const groupType = random.chance(0.6) ? consistent : genericType;
    const made = await clients.call(`${label} ${groupType} of ${volumeTypes.join()}`, (service) =>
      service.groups.create(context, {
        groupType,
        volumeTypes,
        name: null,
        description: null,
        availabilityZone: null,
      }),
    );
    if (made.kind === 'ok') {
      const { id } = made.value;
      knowledge.groups.set(id, { id, presence: 'yes', changed: new Set(), volumeTypes });
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async changeGroup(label: string, random: Random, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    const members = await clients.call(`${label} members ${group.id}`, (service) =>
      service.groups.volumesOf(context, group.id),
    );
    const inside = members.kind === 'ok' ? members.value : [];
    const volumes = knowledge.knownVolumes();
    const fitting = volumes.filter(({ types }) => group.volumeTypes.some((type) => types.has(type)));
    const [leaves, joins] = [
      random.chance(0.4),
      random.pick(fitting.length > 0 && random.chance(0.7) ? fitting : volumes),
    ];
    const removeVolumes = leaves ? inside.slice(0, 1) : [];
    const addVolumes = joins === undefined || inside.includes(joins.id) ? [] : [joins.id];
    if (removeVolumes.length + addVolumes.length > 0) {
      for (const id of [...addVolumes, ...removeVolumes]) {
        addAll(
          group.changed,
          [knowledge.volumes.get(id)].flatMap((volume) => volume ?? []),
        );
      }
      await clients.call(`${label} ${group.id} +${addVolumes.join()} -${removeVolumes.join()}`, (service) =>
        service.groups.update(context, group.id, { addVolumes, removeVolumes }),
      );
    }
  }

  async groupSnapshot(label: string, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    const captures = new Map(
      [...knowledge.volumes.values()].map((volume) => [volume.id, new Set(volume.contents)]),
    );
    for (const [id, contents] of captures) {
      knowledge.volumes.get(id)?.copies.add(contents);
    }
    const made = await clients.call(`${label} ${group.id}`, (service) =>
      service.groupSnapshots.create(context, { groupId: group.id, name: null, description: null }),
    );
    if (made.kind === 'ok') {
      const { id } = made.value;
      knowledge.groupSnapshots.set(id, { id, groupId: group.id, presence: 'yes' });
      const seen = await clients.watch(
        `${label} show ${id}`,
        (service) => service.groupSnapshots.get(context, id),
        ({ status }) => status !== 'creating',
      );
      const listed = await clients.insist(`${label} members ${id}`, async (service) => {
        const page = await service.snapshots.list(
          context,
          { projectId: null, groupSnapshotId: id },
          { sort: [], limit: 100, offset: 0, marker: null },
        );
        return page.kind === 'page' ? page.rows : [];
      });
      for (const row of listed.kind === 'ok' ? listed.value : []) {
        const learned = knowledge.learnSnapshot(
          row.id,
          row.volumeId,
          [row.volumeSize],
          captures.get(row.volumeId) ?? new Set(),
        );
        learned.wasUsable = seen?.status === 'available';
        // Another client may have deleted the whole of it meanwhile.
        learned.presence = knowledge.groupSnapshots.get(id)?.presence ?? 'maybe';
      }
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    for (const [id, contents] of captures) {
      knowledge.volumes.get(id)?.copies.delete(contents);
    }
  }

  async deleteGroupSnapshot(label: string, groupSnapshot: KnownGroupSnapshot): Promise<void> {
    const { clients, knowledge } = this.#options;
    const listed = await clients.call(`${label} members ${groupSnapshot.id}`, async (service) => {
      const page = await service.snapshots.list(
        context,
        { projectId: null, groupSnapshotId: groupSnapshot.id },
        { sort: [], limit: 100, offset: 0, marker: null },
      );
      return page.kind === 'page' ? page.rows : [];
    });
    const answer = await clients.call(`${label} ${groupSnapshot.id}`, (service) =>
      service.groupSnapshots.delete(context, groupSnapshot.id),
    );
    groupSnapshot.presence = presenceAfter(answer, groupSnapshot.presence);
    for (const row of listed.kind === 'ok' ? listed.value : []) {
      const member = knowledge.snapshots.get(row.id);
      if (member !== undefined) {
        member.presence = presenceAfter(answer, member.presence);
      }
    }
  }

  async copyGroup(label: string, random: Random, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    if (this.#options.knowledge.knownVolumes().length + 3 > mostVolumes) {
      return;
    }
    const from = random.chance(0.5)
      ? random.pick(
          this.#options.knowledge.knownGroupSnapshots().filter(({ groupId }) => groupId === group.id),
        )
      : undefined;
    const captures = new Map(
      [...knowledge.volumes.values()].map((volume) => [volume.id, new Set(volume.contents)]),
    );
    for (const [id, contents] of captures) {
      knowledge.volumes.get(id)?.copies.add(contents);
    }
    const made = await clients.call(`${label} ${from?.id ?? group.id}`, (service) =>
      service.groups.createFromSource(context, {
        groupSnapshotId: from === undefined ? null : from.id,
        sourceGroupId: from === undefined ? group.id : null,
        name: null,
        description: null,
      }),
    );
    if (made.kind === 'ok') {
      const { id } = made.value;
      knowledge.groups.set(id, { id, presence: 'yes', changed: new Set(), volumeTypes: group.volumeTypes });
      if (knowledge.repaired.has(from?.id ?? group.id)) {
        knowledge.repaired.add(id);
      }
      await this.#learnCopies(label, id, captures);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    for (const [id, contents] of captures) {
      knowledge.volumes.get(id)?.copies.delete(contents);
    }
  }

  async deleteGroup(label: string, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    const answer = await clients.call(`${label} ${group.id}`, async (service) => {
      const members = await service.groups.volumesOf(context, group.id);
      await service.groups.delete(context, group.id, { deleteVolumes: true });
      return members;
    });
    group.presence = presenceAfter(answer, group.presence);
    // Which volumes were in it at that moment is known to the service alone.
    const members = answer.kind === 'ok' ? answer.value : [];
    for (const volume of knowledge.volumes.values()) {
      if (volume.presence === 'yes' && (members.includes(volume.id) || answer.kind === 'lost')) {
        volume.presence = 'maybe';
      }
    }
  }

  async #learnCopies(label: string, groupId: string, captures: ReadonlyMap<string, Contents>): Promise<void> {
    const { clients, knowledge, now } = this.#options;
    const members = await clients.insist(`${label} members ${groupId}`, async (service) => {
      const ids = await service.groups.volumesOf(context, groupId);
      return await Promise.all(ids.map((id) => service.volumes.get(context, id)));
    });
    const copies: KnownVolume[] = [];
    for (const row of members.kind === 'ok' ? members.value : []) {
      const contents =
        row.snapshotId !== null
          ? (knowledge.snapshots.get(row.snapshotId)?.contents ?? new Set())
          : (captures.get(row.sourceVolid ?? '') ?? new Set<number>());
      const sourceId = row.sourceVolid ?? knowledge.snapshots.get(row.snapshotId ?? '')?.volumeId ?? '';
      const source = knowledge.volumes.get(sourceId) ?? null;
      const copy = knowledge.learnVolume(row.id, {
        size: row.size,
        type: null,
        contents,
        source,
        copiedInto: groupId,
      });
      copy.contents = contents;
      copies.push(copy);
    }
    await clients.watch(
      `${label} show ${groupId}`,
      (service) => service.groups.get(context, groupId),
      ({ status }) => status !== 'creating',
    );
    for (const copy of copies) {
      copy.settledAt = now();
    }
  }
}
