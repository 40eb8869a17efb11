import type { CreateVolumeRequest } from '@cinder-flasharray/block-storage';
import type { SimulatorControl } from '@cinder-flasharray/simulator';
import { type Answer, type Clients, context } from './clients.ts';
import type {
  Contents,
  Knowledge,
  KnownAttachment,
  KnownGroup,
  KnownGroupSnapshot,
  KnownSnapshot,
  KnownVolume,
} from './knowledge.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';

const gib = 2 ** 30;
/** Machines that volumes are attached to. */
export const hostNames = ['alpha', 'beta', 'gamma'] as const;
/** Of these types every volume can be in a group of any: they are not replicated, and in no volume group. */
export const consistentType = 'consistent';
export const genericType = 'generic';
export const plainPod = 'plainpod';
const mostVolumes = 14;

const machineIds: Readonly<Record<string, string>> = {
  alpha: '4c4c4544-0042-3510-8057-000000000001',
  beta: '4c4c4544-0042-3510-8057-000000000002',
  gamma: '4c4c4544-0042-3510-8057-000000000003',
};
/** The instance that runs on each machine. */
export const instances: Readonly<Record<string, string>> = {
  alpha: '77777777-7777-4777-8777-777777777771',
  beta: '77777777-7777-4777-8777-777777777772',
  gamma: '77777777-7777-4777-8777-777777777773',
};

export function initiatorOf(host: string): string {
  return `iqn.1994-05.com.redhat:${host}`;
}

/** What os-brick tells of a machine. */
export function connectorOf(host: string) {
  return {
    host,
    initiator: initiatorOf(host),
    ip: '127.0.0.1',
    'system uuid': machineIds[host] ?? '',
    multipath: true,
  };
}

const settledStatuses = ['available', 'in-use', 'reserved', 'attaching', 'detaching'];
const isSettled = ({ status }: { readonly status: string }): boolean =>
  settledStatuses.includes(status) || status.startsWith('error');

/** Every kind of request, by name: what a world does is drawn from these. */
const kinds = [
  ['create', 10],
  ['clone', 6],
  ['from-snapshot', 6],
  ['extend', 8],
  ['snapshot', 8],
  ['delete-snapshot', 5],
  ['delete', 6],
  ['attach', 9],
  ['second-connector', 2],
  ['detach', 8],
  ['attach-legacy', 5],
  ['detach-legacy', 5],
  ['retype', 7],
  ['revert', 4],
  ['manage', 4],
  ['unmanage', 2],
  ['create-group', 3],
  ['change-group', 5],
  ['group-snapshot', 4],
  ['delete-group-snapshot', 2],
  ['copy-group', 3],
  ['delete-group', 2],
  ['force-delete', 1],
  ['reset-status', 1],
] as const;
export type RequestKind = (typeof kinds)[number][0];

export interface OperationsOptions {
  readonly clients: Clients;
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly site: Site;
  /** Nothing is asked for any more but what ends what was begun. */
  readonly isEnding: () => boolean;
}

/** Clients at work: each operation is one or a few requests, as Nova, a user or an administrator makes them. */
export class Operations {
  readonly #options: OperationsOptions;
  /** By kind: how many were begun. */
  readonly counts = new Map<string, number>();

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** One operation of the world, drawn from `random` alone and from what is there. */
  async run(name: string, random: Random): Promise<void> {
    // A world begins with something to work on.
    const kind =
      this.#volumes().length < 3 && random.chance(0.6) ? 'create' : (random.weighted(kinds) ?? 'create');
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const label = `${name} ${kind}`;
    const volume = random.pick(this.#volumes());
    switch (kind) {
      case 'create':
        return await this.#create(label, random);
      case 'clone':
        return await this.#with(volume, (source) => this.#clone(label, random, source));
      case 'from-snapshot':
        return await this.#with(random.pick(this.#snapshots()), (source) =>
          this.#fromSnapshot(label, random, source),
        );
      case 'extend':
        return await this.#with(volume, (one) => this.#extend(label, random, one));
      case 'snapshot':
        return await this.#with(volume, (one) => this.#snapshot(label, one));
      case 'delete-snapshot':
        return await this.#with(random.pick(this.#snapshots()), (one) => this.#deleteSnapshot(label, one));
      case 'delete':
        return await this.#with(volume, (one) => this.#delete(label, one, random.chance(0.5), false));
      case 'force-delete':
        return await this.#with(volume, (one) => this.#delete(label, one, true, true));
      case 'attach':
        return await this.#with(volume, (one) => this.#attach(label, random, one));
      case 'second-connector':
        return await this.#with(random.pick(this.#attachments()), (one) =>
          this.#secondConnector(label, random, one),
        );
      case 'detach':
        return await this.#with(random.pick(this.#attachments()), (one) => this.#detach(label, one));
      case 'attach-legacy':
        return await this.#with(volume, (one) => this.#attachLegacy(label, random, one));
      case 'detach-legacy':
        return await this.#detachLegacy(label, random);
      case 'retype':
        return await this.#with(volume, (one) => this.#retype(label, random, one));
      case 'revert':
        return await this.#with(volume, (one) => this.#revert(label, one));
      case 'manage':
        return await this.#manage(label, random);
      case 'unmanage':
        return await this.#with(volume, (one) => this.#unmanage(label, one));
      case 'create-group':
        return await this.#createGroup(label, random);
      case 'change-group':
        return await this.#with(random.pick(this.#groups()), (one) => this.#changeGroup(label, random, one));
      case 'group-snapshot':
        return await this.#with(random.pick(this.#groups()), (one) => this.#groupSnapshot(label, one));
      case 'delete-group-snapshot':
        return await this.#with(random.pick(this.#groupSnapshots()), (one) =>
          this.#deleteGroupSnapshot(label, one),
        );
      case 'copy-group':
        return await this.#with(random.pick(this.#groups()), (one) => this.#copyGroup(label, random, one));
      case 'delete-group':
        return await this.#with(random.pick(this.#groups()), (one) => this.#deleteGroup(label, one));
      case 'reset-status':
        return await this.#with(volume, (one) => this.#resetStatus(label, random, one));
    }
  }

  /** Ends what has no answer, until it has one: as a compute service does when it comes back. */
  async clearUp(): Promise<void> {
    const { knowledge, clients } = this.#options;
    for (const attachment of [...knowledge.attachments.values()]) {
      if (attachment.state === 'unclear' || attachment.state === 'ending') {
        await this.#endAttachment('clear-up', attachment);
      }
    }
    for (const connection of [...knowledge.connections.values()]) {
      if (connection.state === 'unclear') {
        const { volumeId, host } = connection;
        await clients.insist(`clear-up terminate ${volumeId} ${host}`, (service) =>
          service.volumes.terminateConnection(context, volumeId, connectorOf(host)),
        );
        connection.state = 'none';
        await clients.insist(`clear-up unreserve ${volumeId}`, (service) =>
          service.volumes.unreserve(context, volumeId),
        );
      }
    }
  }

  async #with<T>(item: T | undefined, work: (item: T) => Promise<void>): Promise<void> {
    if (item !== undefined) {
      await work(item);
    }
  }

  #volumes(): readonly KnownVolume[] {
    return [...this.#options.knowledge.volumes.values()].filter(({ presence }) => presence !== 'no');
  }

  #snapshots(): readonly KnownSnapshot[] {
    return [...this.#options.knowledge.snapshots.values()].filter(({ presence }) => presence !== 'no');
  }

  #attachments(): readonly KnownAttachment[] {
    return [...this.#options.knowledge.attachments.values()].filter(({ state }) => state !== 'gone');
  }

  #groups(): readonly KnownGroup[] {
    return [...this.#options.knowledge.groups.values()].filter(({ presence }) => presence !== 'no');
  }

  #groupSnapshots(): readonly KnownGroupSnapshot[] {
    return [...this.#options.knowledge.groupSnapshots.values()].filter(({ presence }) => presence !== 'no');
  }

  async #settle(label: string, id: string): Promise<string | null> {
    const row = await this.#options.clients.watch(
      `${label} show ${id}`,
      (service) => service.volumes.get(context, id),
      isSettled,
    );
    return row?.status ?? null;
  }

  async #create(label: string, random: Random): Promise<void> {
    const { clients, knowledge, site } = this.#options;
    if (this.#volumes().length >= mostVolumes) {
      return;
    }
    const group = random.chance(0.25) ? random.pick(this.#groups()) : undefined;
    const type = group === undefined ? (random.pick(site.types)?.name ?? 'plain') : 'plain';
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
      knowledge.learnVolume(made.value.id, { size, type, contents: [0] });
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async #clone(label: string, random: Random, source: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    if (this.#volumes().length >= mostVolumes || source.sizes.size !== 1) {
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
      const copy = knowledge.learnVolume(made.value.id, { size, type: null, contents });
      copy.contents = contents;
      await this.#settle(label, made.value.id);
      addAll(copy.history, contents);
      // Whoever says that a volume is available that is not there gets copies of nothing.
      copy.isRepaired = copy.isRepaired || source.isRepaired;
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    source.copies.delete(contents);
  }

  async #fromSnapshot(label: string, random: Random, source: KnownSnapshot): Promise<void> {
    const { clients, knowledge } = this.#options;
    const [least] = source.sizes;
    if (this.#volumes().length >= mostVolumes || source.sizes.size !== 1 || least === undefined) {
      return;
    }
    const size = least + random.below(2);
    const made = await clients.call(`${label} ${source.id} ${size}`, (service) =>
      service.volumes.create(context, newVolume({ size, snapshotId: source.id })),
    );
    if (made.kind === 'ok') {
      knowledge.learnVolume(made.value.id, { size, type: null, contents: source.contents });
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async #extend(label: string, random: Random, volume: KnownVolume): Promise<void> {
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

  async #snapshot(label: string, volume: KnownVolume): Promise<void> {
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
      knowledge.learnSnapshot(id, volume.id, [volumeSize], contents);
      await clients.watch(
        `${label} show ${id}`,
        (service) => service.snapshots.get(context, id),
        ({ status }) => status !== 'creating',
      );
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    volume.copies.delete(contents);
  }

  async #deleteSnapshot(label: string, snapshot: KnownSnapshot): Promise<void> {
    const answer = await this.#options.clients.call(`${label} ${snapshot.id}`, (service) =>
      service.snapshots.delete(context, snapshot.id, { force: false }),
    );
    snapshot.presence = presenceAfter(answer, snapshot.presence);
  }

  async #delete(label: string, volume: KnownVolume, cascade: boolean, force: boolean): Promise<void> {
    const { clients, knowledge } = this.#options;
    const answer = await clients.call(`${label} ${volume.id}${cascade ? ' cascade' : ''}`, (service) =>
      service.volumes.delete(context, volume.id, { cascade, force }),
    );
    volume.presence = presenceAfter(answer, volume.presence);
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

  async #attach(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    const host = random.pick(hostNames) ?? 'alpha';
    const atOnce = random.chance(0.3);
    const instanceUuid = instances[host] ?? null;
    const made = await clients.call(`${label} ${volume.id} ${host}${atOnce ? ' at once' : ''}`, (service) =>
      service.attachments.create(context, {
        volumeId: volume.id,
        instanceUuid,
        connector: atOnce ? connectorOf(host) : null,
        mode: null,
      }),
    );
    if (made.kind === 'lost' || (made.kind === 'refused' && atOnce)) {
      await this.#forgetAttachments(label, volume.id, instanceUuid);
      return;
    }
    if (made.kind !== 'ok') {
      return;
    }
    if (knowledge.attachments.has(made.value.id)) {
      // Somebody who looked for lost ones has found it, and ends it.
      return;
    }
    const attachment: KnownAttachment = {
      isBusy: true,
      id: made.value.id,
      volumeId: volume.id,
      host,
      state: atOnce ? 'connected' : 'reserved',
    };
    knowledge.attachments.set(attachment.id, attachment);
    if (!atOnce && !(await this.#connect(label, attachment, host))) {
      attachment.isBusy = false;
      return;
    }
    if (random.chance(0.85)) {
      const completed = await clients.call(`${label} complete ${attachment.id}`, (service) =>
        service.attachments.complete(context, attachment.id),
      );
      if (attachment.state === 'connected') {
        attachment.state =
          completed.kind === 'ok' ? 'complete' : completed.kind === 'lost' ? 'unclear' : attachment.state;
      }
    }
    attachment.isBusy = false;
  }

  /** @returns whether it is connected; if not, the attachment is ended, as Nova does it */
  async #connect(label: string, attachment: KnownAttachment, host: string): Promise<boolean> {
    const { clients } = this.#options;
    const before = attachment.state;
    attachment.host = host;
    const answer = await clients.call(`${label} connect ${attachment.id} ${host}`, (service) =>
      service.attachments.update(context, attachment.id, connectorOf(host)),
    );
    if (attachment.state !== before) {
      return false;
    }
    if (answer.kind === 'ok') {
      attachment.state = 'connected';
      return true;
    }
    attachment.state = 'unclear';
    if (!this.#options.isEnding()) {
      await this.#endAttachment(label, attachment);
    }
    return false;
  }

  /** An attachment whose id nobody was told is found by its instance, and ended. */
  async #forgetAttachments(label: string, volumeId: string, instanceUuid: string | null): Promise<void> {
    const { clients, knowledge } = this.#options;
    const listed = await clients.insist(`${label} list attachments ${volumeId}`, async (service) => {
      const page = await service.attachments.list(
        context,
        { projectId: null, volumeId },
        { sort: [], limit: 100, offset: 0, marker: null },
      );
      return page.kind === 'page' ? page.rows : [];
    });
    for (const row of listed.kind === 'ok' ? listed.value : []) {
      if (!knowledge.attachments.has(row.id) && row.instanceUuid === instanceUuid) {
        const attachment: KnownAttachment = {
          id: row.id,
          volumeId,
          host: hostOf(instanceUuid),
          state: 'unclear',
        };
        knowledge.attachments.set(row.id, attachment);
        await this.#endAttachment(label, attachment);
      }
    }
  }

  async #secondConnector(label: string, random: Random, attachment: KnownAttachment): Promise<void> {
    if (attachment.isBusy !== true && (attachment.state === 'reserved' || attachment.state === 'connected')) {
      await this.#connect(label, attachment, random.pick(hostNames) ?? 'alpha');
    }
  }

  async #detach(label: string, attachment: KnownAttachment): Promise<void> {
    if (attachment.state !== 'ending') {
      await this.#endAttachment(label, attachment);
    }
  }

  async #endAttachment(label: string, attachment: KnownAttachment): Promise<void> {
    const { clients } = this.#options;
    attachment.state = 'ending';
    const answer = await clients.insist(`${label} end ${attachment.id}`, (service) =>
      service.attachments.delete(context, attachment.id),
    );
    attachment.state =
      answer.kind === 'ok' || answer.code === 'attachment-not-found' || answer.code === 'volume-not-found'
        ? 'gone'
        : 'unclear';
  }

  /** As Nova did it before there were attachments. */
  async #attachLegacy(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    const host = random.pick(hostNames) ?? 'alpha';
    const connection = knowledge.connection(volume.id, host);
    if (connection.state !== 'none') {
      return;
    }
    const reserved = await clients.call(`${label} reserve ${volume.id}`, (service) =>
      service.volumes.reserve(context, volume.id),
    );
    if (reserved.kind === 'lost') {
      connection.state = 'unclear';
    }
    if (reserved.kind !== 'ok' || knowledge.connection(volume.id, host).state !== 'none') {
      return;
    }
    connection.state = 'unclear';
    const connected = await clients.call(`${label} initialize ${volume.id} ${host}`, (service) =>
      service.volumes.initializeConnection(context, volume.id, connectorOf(host)),
    );
    const attached =
      connected.kind === 'ok'
        ? await clients.call(`${label} os-attach ${volume.id} ${host}`, (service) =>
            service.volumes.attach(context, volume.id, {
              instanceUuid: instances[host] ?? null,
              hostName: host,
              mountpoint: '/dev/vdb',
              mode: 'rw',
            }),
          )
        : null;
    if (attached?.kind === 'ok') {
      connection.state = 'connected';
    }
  }

  async #detachLegacy(label: string, random: Random): Promise<void> {
    const { clients, knowledge } = this.#options;
    const connection = random.pick(
      [...knowledge.connections.values()].filter(({ state }) => state === 'connected'),
    );
    if (connection === undefined) {
      return;
    }
    const { volumeId, host } = connection;
    const begun = await clients.call(`${label} begin ${volumeId}`, (service) =>
      service.volumes.beginDetaching(context, volumeId),
    );
    if (begun.kind !== 'ok' || connection.state !== 'connected') {
      return;
    }
    connection.state = 'unclear';
    const terminated = await clients.insist(`${label} terminate ${volumeId} ${host}`, (service) =>
      service.volumes.terminateConnection(context, volumeId, connectorOf(host)),
    );
    if (terminated.kind !== 'ok') {
      return;
    }
    connection.state = 'none';
    await clients.insist(`${label} os-detach ${volumeId}`, async (service) => {
      const { attachments } = await service.volumes.get(context, volumeId);
      const own = attachments.find(
        ({ attachedHost, connector }) => attachedHost === host && connector === null,
      );
      await service.volumes.detach(context, volumeId, own?.id ?? null);
    });
  }

  async #retype(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, site } = this.#options;
    const type = random.pick(site.types.filter(({ name }) => !volume.types.has(name)))?.name;
    if (type === undefined) {
      return;
    }
    const answer = await clients.call(`${label} ${volume.id} ${type}`, (service) =>
      service.volumes.retype(context, volume.id, { newType: type, migrationPolicy: 'never' }),
    );
    // Of a copy whose type nobody was told, only an answer tells.
    volume.types =
      answer.kind === 'lost' && volume.types.size === 0
        ? volume.types
        : new Set([
            ...after(answer, volume.types, new Set([type])),
            // What an administrator keeps in a pod joins no volume group: the array says no, and its words are told.
            ...(volume.plainPod === null ? [] : volume.types),
          ]);
    if (answer.kind === 'ok') {
      await this.#settle(label, volume.id);
    }
  }

  async #revert(label: string, volume: KnownVolume): Promise<void> {
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
    volume.contents = after(answer, volume.contents, snapshot.contents);
    addAll(volume.history, snapshot.contents);
    if (answer.kind === 'ok') {
      const status = await this.#settle(label, volume.id);
      if (status?.startsWith('error') === true) {
        volume.contents = new Set(volume.history);
      }
    }
  }

  /** Takes over a volume that an administrator has made on the array. */
  async #manage(label: string, random: Random): Promise<void> {
    const { clients, knowledge, control, site } = this.#options;
    const serial = knowledge.nextWrite();
    const size = random.between(1, 3);
    const inPod = site.purity !== '4.8.0' && random.chance(0.2);
    const name = `${inPod ? `${plainPod}::` : ''}admin-made-${serial}`;
    const type = inPod ? 'plain' : (random.pick(site.types)?.name ?? 'plain');
    try {
      await control.admin('fa1', { kind: 'createVolume', name, size: size * gib });
      await control.writeVolume('fa1', name, 0, bytesOf(serial));
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
      });
      await this.#settle(label, made.value.id);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async #unmanage(label: string, volume: KnownVolume): Promise<void> {
    const answer = await this.#options.clients.call(`${label} ${volume.id}`, (service) =>
      service.manage.unmanageVolume(context, volume.id),
    );
    volume.presence = presenceAfter(answer, volume.presence);
  }

  async #createGroup(label: string, random: Random): Promise<void> {
    const { clients, knowledge } = this.#options;
    if (this.#groups().length > 3) {
      return;
    }
    const groupType = random.chance(0.6) ? consistentType : genericType;
    const made = await clients.call(`${label} ${groupType}`, (service) =>
      service.groups.create(context, {
        groupType,
        volumeTypes: ['plain', 'shared'],
        name: null,
        description: null,
        availabilityZone: null,
      }),
    );
    if (made.kind === 'ok') {
      knowledge.groups.set(made.value.id, { id: made.value.id, presence: 'yes', mayFail: false });
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
  }

  async #changeGroup(label: string, random: Random, group: KnownGroup): Promise<void> {
    const { clients } = this.#options;
    const members = await clients.call(`${label} members ${group.id}`, (service) =>
      service.groups.volumesOf(context, group.id),
    );
    const inside = members.kind === 'ok' ? members.value : [];
    const [leaves, joins] = [random.chance(0.4), random.pick(this.#volumes())];
    const removeVolumes = leaves ? inside.slice(0, 1) : [];
    const addVolumes = joins === undefined || inside.includes(joins.id) ? [] : [joins.id];
    if (removeVolumes.length + addVolumes.length > 0) {
      group.mayFail ||= addVolumes.length > 0 && joins?.plainPod !== null;
      await clients.call(`${label} ${group.id} +${addVolumes.join()} -${removeVolumes.join()}`, (service) =>
        service.groups.update(context, group.id, { addVolumes, removeVolumes }),
      );
    }
  }

  async #groupSnapshot(label: string, group: KnownGroup): Promise<void> {
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
      await clients.watch(
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

  async #deleteGroupSnapshot(label: string, groupSnapshot: KnownGroupSnapshot): Promise<void> {
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

  async #copyGroup(label: string, random: Random, group: KnownGroup): Promise<void> {
    const { clients, knowledge } = this.#options;
    if (this.#volumes().length + 3 > mostVolumes) {
      return;
    }
    const from = random.chance(0.5)
      ? random.pick(this.#groupSnapshots().filter(({ groupId }) => groupId === group.id))
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
      knowledge.groups.set(id, { id, presence: 'yes', mayFail: false });
      await this.#learnCopies(label, id, captures);
    } else if (made.kind === 'lost') {
      knowledge.lostCreates += 1;
    }
    for (const [id, contents] of captures) {
      knowledge.volumes.get(id)?.copies.delete(contents);
    }
  }

  async #learnCopies(label: string, groupId: string, captures: ReadonlyMap<string, Contents>): Promise<void> {
    const { clients, knowledge } = this.#options;
    const members = await clients.insist(`${label} members ${groupId}`, async (service) => {
      const ids = await service.groups.volumesOf(context, groupId);
      return await Promise.all(ids.map((id) => service.volumes.get(context, id)));
    });
    for (const row of members.kind === 'ok' ? members.value : []) {
      const contents =
        row.snapshotId !== null
          ? (knowledge.snapshots.get(row.snapshotId)?.contents ?? new Set())
          : (captures.get(row.sourceVolid ?? '') ?? new Set<number>());
      const copy = knowledge.learnVolume(row.id, { size: row.size, type: null, contents });
      copy.contents = contents;
    }
    await clients.watch(
      `${label} show ${groupId}`,
      (service) => service.groups.get(context, groupId),
      ({ status }) => status !== 'creating',
    );
  }

  async #deleteGroup(label: string, group: KnownGroup): Promise<void> {
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

  /** A repair by hand, at whatever moment. */
  async #resetStatus(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients } = this.#options;
    const status = random.chance(0.5) ? 'available' : 'error';
    const answer = await clients.call(`${label} ${volume.id} ${status}`, (service) =>
      service.volumes.resetStatus(context, volume.id, { status, attachStatus: null, migrationStatus: null }),
    );
    if (answer.kind !== 'refused' && answer.kind !== 'down') {
      volume.isRepaired = true;
    }
  }
}

export function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

export function writtenValue(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0);
}

function hostOf(instanceUuid: string | null): string {
  return hostNames.find((name) => instances[name] === instanceUuid) ?? 'alpha';
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

/** What may be true after a request that changes it. */
export function after<T>(answer: Answer<unknown>, before: Set<T>, asked: Set<T>): Set<T> {
  switch (answer.kind) {
    case 'ok':
      return new Set(asked);
    case 'lost':
      return new Set([...before, ...asked]);
    case 'refused':
    case 'down':
      return before;
  }
}

export function presenceAfter(
  answer: Answer<unknown>,
  before: 'yes' | 'maybe' | 'no',
): 'yes' | 'maybe' | 'no' {
  switch (answer.kind) {
    case 'ok':
      return 'no';
    case 'lost':
      return before === 'yes' ? 'maybe' : before;
    case 'refused':
    case 'down':
      return before;
  }
}

function addAll<T>(into: Set<T>, from: Iterable<T>): void {
  for (const item of from) {
    into.add(item);
  }
}
