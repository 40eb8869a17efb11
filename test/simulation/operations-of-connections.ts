import { context } from './clients.ts';
import type { KnownAttachment, KnownVolume } from './knowledge.ts';
import { connectorOf, hostNames, hostOf, instances } from './machines.ts';
import type { OperationsOptions } from './operations-of-volumes.ts';
import type { Random } from './random.ts';

/** Attachments, and the connections of the older calls. */
export class ConnectionOperations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  async attach(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, knowledge } = this.#options;
    const host = random.pick(hostNames) ?? 'alpha';
    const atOnce = random.chance(0.3);
    if (!knowledge.isWay(volume.id, host, 'newer')) {
      return;
    }
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

  async secondConnector(label: string, random: Random, attachment: KnownAttachment): Promise<void> {
    const host = random.pick(hostNames) ?? 'alpha';
    const isOpen = attachment.state === 'reserved' || attachment.state === 'connected';
    if (
      attachment.isBusy !== true &&
      isOpen &&
      this.#options.knowledge.isWay(attachment.volumeId, host, 'newer')
    ) {
      await this.#connect(label, attachment, host);
    }
  }

  async detach(label: string, attachment: KnownAttachment): Promise<void> {
    if (attachment.state !== 'ending') {
      await this.#endAttachment(label, attachment);
    }
  }

  /** As Nova did it before there were attachments. */
  async attachLegacy(label: string, random: Random, volume: KnownVolume): Promise<void> {
    const { clients, knowledge, site } = this.#options;
    const host = random.pick(hostNames) ?? 'alpha';
    const connection = knowledge.connection(volume.id, host);
    if (connection.state !== 'none' || !knowledge.isWay(volume.id, host, 'older')) {
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
    const initialize = () =>
      clients.call(`${label} initialize ${volume.id} ${host}`, (service) =>
        service.volumes.initializeConnection(context, volume.id, connectorOf(host)),
      );
    let connected = await initialize();
    if (connected.kind === 'refused' && site.isShared) {
      // As Nova does when a build is tried again on the same machine.
      connected = await initialize();
    }
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

  async detachLegacy(label: string, random: Random): Promise<void> {
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
}
