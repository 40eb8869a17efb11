import { context } from './clients.ts';
import type { KnownVolume } from './knowledge.ts';
import { connectorOf, instances } from './machines.ts';
import type { PointOperation } from './points.ts';
import { host, isConnected, type Scene, type View } from './scene.ts';

/** Says what differs from a volume that the array shows to the host, by its attachment. */
function attached(view: View, volume: KnownVolume): string | null {
  const { rows } = view;
  const own = rows.attachments.filter(({ volume_id: id }) => id === volume.id);
  const [first] = own;
  if (first === undefined || own.length > 1) {
    return `there are ${own.length} attachments`;
  }
  if (first.connector === null || first.attach_status !== 'attaching') {
    return `attachment ${first.id} is ${first.attach_status}`;
  }
  return isConnected(view, volume) ? null : 'the array does not show the volume to the host';
}

/** Says what is left of an attach: an attachment may be there, if it says that it is not connected. */
function notAttached(view: View, volume: KnownVolume): string | null {
  const connected = view.rows.attachments.find(({ connector }) => connector !== null);
  if (connected !== undefined) {
    return `attachment ${connected.id} is ${connected.attach_status}`;
  }
  return isConnected(view, volume) ? 'the array shows the volume to the host' : null;
}

/** The older calls leave no connector in any row: the array alone says what is. */
function shown(view: View, volume: KnownVolume, wanted: boolean): string | null {
  return isConnected(view, volume) === wanted
    ? null
    : `the array ${wanted ? 'does not show' : 'shows'} the volume to the host`;
}

/** Says what differs from a volume with so many attachments that were recorded the older way. */
function recorded({ rows }: View, { id }: KnownVolume, wanted: 0 | 1): string | null {
  const status = rows.volumes.find((volume) => volume.id === id)?.status;
  const own = rows.attachments.filter(({ volume_id: of }) => of === id);
  return status === (wanted === 1 ? 'in-use' : 'available') && own.length === wanted
    ? null
    : `volume ${id} is ${status} and has ${own.length} attachments`;
}

/** Ends every attachment of the volume, until each is gone. */
async function endAttachments({ clients, knowledge }: Scene, volume: KnownVolume): Promise<void> {
  const listed = await clients.insist('clear up: list attachments', async (service) => {
    const page = await service.attachments.list(
      context,
      { projectId: null, volumeId: volume.id },
      { sort: [], limit: 100, offset: 0, marker: null },
    );
    return page.kind === 'page' ? page.rows : [];
  });
  for (const { id } of listed.kind === 'ok' ? listed.value : []) {
    await clients.insist(`clear up: end ${id}`, (service) => service.attachments.delete(context, id));
  }
  for (const attachment of knowledge.attachments.values()) {
    attachment.state = 'gone';
  }
}

/** Ends the connection of the older calls. */
async function endConnection({ clients, knowledge }: Scene, volume: KnownVolume): Promise<void> {
  await clients.insist('clear up: terminate', (service) =>
    service.volumes.terminateConnection(context, volume.id, connectorOf(host)),
  );
  knowledge.connection(volume.id, host).state = 'none';
}

const olderAttachment = {
  instanceUuid: instances[host] ?? null,
  hostName: host,
  mountpoint: '/dev/vdb',
  mode: 'rw',
} as const;

/** Connected, and not yet recorded as attached. */
async function initializedByOlderCalls(scene: Scene): Promise<KnownVolume> {
  const volume = await scene.volume('plain');
  await scene.ask('reserve', (service) => service.volumes.reserve(context, volume.id));
  await scene.ask('initialize', (service) =>
    service.volumes.initializeConnection(context, volume.id, connectorOf(host)),
  );
  scene.knowledge.connection(volume.id, host).state = 'connected';
  return volume;
}

async function connectedByOlderCalls(scene: Scene): Promise<KnownVolume> {
  const volume = await initializedByOlderCalls(scene);
  await scene.ask('os-attach', (service) => service.volumes.attach(context, volume.id, olderAttachment));
  await scene.ask('begin detaching', (service) => service.volumes.beginDetaching(context, volume.id));
  return volume;
}

export const connectionPoints: readonly PointOperation[] = [
  {
    name: 'attachment-create',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      return {
        request: async () => {
          const made = await scene.clients.call('create attachment', (service) =>
            service.attachments.create(context, {
              volumeId: volume.id,
              instanceUuid: instances[host] ?? null,
              connector: connectorOf(host),
              mode: null,
            }),
          );
          if (made.kind === 'ok') {
            const { id } = made.value;
            scene.knowledge.attachments.set(id, { id, volumeId: volume.id, host, state: 'connected' });
          }
          return made;
        },
        missing: (view) => attached(view, volume),
        remains: (view) => notAttached(view, volume),
        clearUp: () => endAttachments(scene, volume),
      };
    },
  },
  {
    name: 'attachment-update',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      const attachment = await scene.attachment(volume, false);
      return {
        request: async () => {
          const answer = await scene.clients.call('connect attachment', (service) =>
            service.attachments.update(context, attachment.id, connectorOf(host)),
          );
          attachment.state = answer.kind === 'ok' ? 'connected' : 'unclear';
          return answer;
        },
        missing: (view) => attached(view, volume),
        remains: (view) => notAttached(view, volume),
        clearUp: () => endAttachments(scene, volume),
      };
    },
  },
  {
    name: 'attachment-delete',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      const attachment = await scene.attachment(volume, true);
      return {
        request: async () => {
          const answer = await scene.clients.call('end attachment', (service) =>
            service.attachments.delete(context, attachment.id),
          );
          attachment.state = answer.kind === 'ok' ? 'gone' : 'unclear';
          return answer;
        },
        missing: ({ rows }) => {
          const [row] = rows.volumes;
          if (rows.attachments.length > 0) {
            return `there are ${rows.attachments.length} attachments`;
          }
          return row?.status === 'available' ? null : `the volume is ${row?.status}`;
        },
        clearUp: () => endAttachments(scene, volume),
      };
    },
  },
  {
    name: 'initialize-connection',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      await scene.ask('reserve', (service) => service.volumes.reserve(context, volume.id));
      const connection = scene.knowledge.connection(volume.id, host);
      connection.state = 'unclear';
      return {
        request: async () => {
          const answer = await scene.clients.call('initialize', (service) =>
            service.volumes.initializeConnection(context, volume.id, connectorOf(host)),
          );
          connection.state = answer.kind === 'ok' ? 'connected' : 'unclear';
          return answer;
        },
        missing: (view) => shown(view, volume, true),
        remains: (view) => shown(view, volume, false),
        clearUp: async () => {
          await endConnection(scene, volume);
          await scene.clients.insist('clear up: unreserve', (service) =>
            service.volumes.unreserve(context, volume.id),
          );
        },
      };
    },
  },
  {
    name: 'attach-volume',
    site: 'one',
    prepare: async (scene) => {
      const volume = await initializedByOlderCalls(scene);
      return {
        request: () =>
          scene.clients.call('os-attach', (service) =>
            service.volumes.attach(context, volume.id, olderAttachment),
          ),
        missing: (view) => recorded(view, volume, 1),
      };
    },
  },
  {
    name: 'detach-volume',
    site: 'one',
    prepare: async (scene) => {
      const volume = await connectedByOlderCalls(scene);
      await scene.ask('terminate', (service) =>
        service.volumes.terminateConnection(context, volume.id, connectorOf(host)),
      );
      scene.knowledge.connection(volume.id, host).state = 'none';
      return {
        request: () =>
          scene.clients.call('os-detach', (service) => service.volumes.detach(context, volume.id, null)),
        missing: (view) => recorded(view, volume, 0),
      };
    },
  },
  {
    name: 'terminate-connection',
    site: 'one',
    prepare: async (scene) => {
      const volume = await connectedByOlderCalls(scene);
      const connection = scene.knowledge.connection(volume.id, host);
      return {
        request: async () => {
          const answer = await scene.clients.call('terminate', (service) =>
            service.volumes.terminateConnection(context, volume.id, connectorOf(host)),
          );
          connection.state = answer.kind === 'ok' ? 'none' : 'unclear';
          return answer;
        },
        missing: (view) => shown(view, volume, false),
        remains: (view) => shown(view, volume, true),
        clearUp: () => endConnection(scene, volume),
      };
    },
  },
];
