import type { ArrayState, Hold, RequestMatch } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  kill,
  type Laboratory,
  openLaboratory,
  type Reply,
  type Running,
  type Service,
  until,
} from './processes.ts';

const initiator = 'iqn.1994-05.com.redhat:compute1';
const connector = {
  host: 'compute1',
  ip: '127.0.0.1',
  initiator,
  'system uuid': '420456d9-ec23-e120-7084-a8ce8fde3990',
};
const instance = '77777777-7777-4777-8777-777777777777';
const dataA = new TextEncoder().encode('data A');
const dataB = new TextEncoder().encode('data B');
/** Milliseconds in which the work must come to the call at which it is to die. */
const patience = 60_000;

/** Objects that an operation works on, made before it. */
interface Scene {
  readonly volume: string;
  readonly snapshot: string;
  readonly attachment: string;
}

interface Operation {
  /** Which of the scene's objects it needs. */
  readonly needs: 'nothing' | 'volume' | 'snapshot' | 'reserved' | 'connected';
  readonly ask: (service: Service, scene: Scene) => Promise<Reply>;
  /** What must be true when it is done, and after a death and a start. */
  readonly verify: (service: Service, scene: Scene, lab: Laboratory, told: Told) => Promise<void>;
}

/** What the client heard before the process died. */
type Told = 'answered' | 'lost';

const named = (reply: Reply, key: string): Readonly<Record<string, unknown>> => {
  const value = reply.body[key];
  if (typeof value !== 'object' || value === null) {
    throw new Error(`no ${key} in ${JSON.stringify(reply)}`);
  }
  return { ...value };
};
const idOf = (reply: Reply, key: string): string => String(named(reply, key).id);
const statusOf = async (service: Service, path: string, key: string): Promise<unknown> =>
  named(await service.request('GET', path), key).status;

async function volumeNamed(service: Service, name: string): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await service.request('GET', `/volumes/detail?name=${name}`);
  const rows = Array.isArray(body.volumes) ? body.volumes : [];
  expect(rows).toHaveLength(1);
  return { ...rows[0] };
}

const operations = {
  create: {
    needs: 'nothing',
    ask: (service) => service.request('POST', '/volumes', { volume: { size: 1, name: 'made' } }),
    verify: async (service) =>
      expect(await volumeNamed(service, 'made')).toMatchObject({ status: 'available', size: 1 }),
  },
  snapshot: {
    needs: 'volume',
    ask: (service, { volume }) =>
      service.request('POST', '/snapshots', { snapshot: { volume_id: volume, name: 's' } }),
    verify: async (service) => {
      const { body } = await service.request('GET', '/snapshots/detail');
      expect(body.snapshots).toMatchObject([{ status: 'available' }]);
    },
  },
  revert: {
    needs: 'snapshot',
    ask: (service, { volume, snapshot }) =>
      service.request('POST', `/volumes/${volume}/action`, { revert: { snapshot_id: snapshot } }),
    verify: async (service, { snapshot }, lab) => {
      const volume = await volumeNamed(service, 'first');
      expect(volume.status).toBe('available');
      expect(await statusOf(service, `/snapshots/${snapshot}`, 'snapshot')).toBe('available');
      expect(await lab.control.readVolume('fa1', String(volume.provider_id), 0, 6)).toEqual(dataA);
    },
  },
  attach: {
    needs: 'reserved',
    ask: (service, { attachment }) =>
      service.request('PUT', `/attachments/${attachment}`, { attachment: { connector } }),
    verify: async (service, { attachment }, _lab, told) => {
      // An attach that was answered before the death stands: only its tags were being written.
      expect(await statusOf(service, `/attachments/${attachment}`, 'attachment')).toBe(
        told === 'answered' ? 'attaching' : 'reserved',
      );
      const again = await service.request('PUT', `/attachments/${attachment}`, { attachment: { connector } });
      expect(named(again, 'attachment').connection_info).toMatchObject({ target_luns: [1, 1, 1, 1] });
    },
  },
  detach: {
    needs: 'connected',
    ask: (service, { attachment }) => service.request('DELETE', `/attachments/${attachment}`),
    verify: async (service, { attachment }) => {
      expect((await service.request('GET', `/attachments/${attachment}`)).status).toBe(404);
      expect((await volumeNamed(service, 'first')).status).toBe('available');
    },
  },
  delete: {
    needs: 'volume',
    ask: (service, { volume }) => service.request('DELETE', `/volumes/${volume}`),
    verify: async (service, { volume }) =>
      expect((await service.request('GET', `/volumes/${volume}`)).status).toBe(404),
  },
} satisfies Readonly<Record<string, Operation>>;

/** Makes what the operation needs. */
async function setScene(service: Service, lab: Laboratory, needs: Operation['needs']): Promise<Scene> {
  const scene = { volume: '', snapshot: '', attachment: '' };
  if (needs === 'nothing') {
    return scene;
  }
  scene.volume = idOf(
    await service.request('POST', '/volumes', { volume: { size: 1, name: 'first' } }),
    'volume',
  );
  await settled(service, `/volumes/${scene.volume}`, 'volume');
  const name = `volume-${scene.volume}-cinder`;
  await lab.control.writeVolume('fa1', name, 0, dataA);
  if (needs === 'snapshot') {
    scene.snapshot = idOf(
      await service.request('POST', '/snapshots', { snapshot: { volume_id: scene.volume } }),
      'snapshot',
    );
    await settled(service, `/snapshots/${scene.snapshot}`, 'snapshot');
    await lab.control.writeVolume('fa1', name, 0, dataB);
  }
  if (needs === 'reserved' || needs === 'connected') {
    const reserved = await service.request('POST', '/attachments', {
      attachment: { volume_uuid: scene.volume, instance_uuid: instance },
    });
    scene.attachment = idOf(reserved, 'attachment');
  }
  if (needs === 'connected') {
    await service.request('PUT', `/attachments/${scene.attachment}`, { attachment: { connector } });
    await service.request('POST', `/attachments/${scene.attachment}/action`, { 'os-complete': {} });
    await until('the tags of the attachment', async () =>
      (await isTagged(lab, scene.volume)) ? true : null,
    );
  }
  return scene;
}

async function settled(service: Service, path: string, key: string): Promise<void> {
  await until(`${path} available`, async () =>
    (await statusOf(service, path, key)) === 'available' ? true : null,
  );
}

/** Every row has its object on the array and every object its row; connections are those of attachments. */
async function expectAgreement(service: Service, state: ArrayState): Promise<void> {
  const volumes = (await service.request('GET', '/volumes/detail')).body.volumes;
  const rows = Array.isArray(volumes) ? volumes : [];
  const onArray = state.volumes.filter(({ destroyed }) => !destroyed);
  expect(onArray.map(({ name, size }) => `${name} ${size}`).sort()).toEqual(
    rows.map((row) => `volume-${row.id}-cinder ${row.size * 2 ** 30}`).sort(),
  );
  const snapshots = (await service.request('GET', '/snapshots/detail')).body.snapshots;
  const snapshotRows = Array.isArray(snapshots) ? snapshots : [];
  expect(
    state.snapshots
      .filter(({ destroyed }) => !destroyed)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(snapshotRows.map((row) => `volume-${row.volume_id}-cinder.snapshot-${row.id}`).sort());
  const attachments = (await service.request('GET', '/attachments/detail')).body.attachments;
  const attachmentRows = Array.isArray(attachments) ? attachments : [];
  const connected = attachmentRows.filter((row) => Object.keys(row.connection_info).length > 0);
  expect(state.connections.map(({ volume }) => volume)).toEqual(
    connected.map((row) => `volume-${row.volume_id}-cinder`),
  );
  expect(state.hosts).toHaveLength(connected.length);
}

/** Where the process is killed: at a call that it makes. */
interface Death {
  readonly operation: keyof typeof operations;
  /** For the title. */
  readonly where: string;
  readonly at: Hold;
  /** The call at which the next process dies too, as it takes the work up. */
  readonly recovery?: Hold;
}

/** Before the call has any effect. */
const before = (match: RequestMatch = {}): Hold => ({ match, phase: 'before-apply' });
/** When the array has done it, and nobody has heard of it. */
const after = (match: RequestMatch): Hold => ({ match, phase: 'before-reply' });
const connecting = { method: 'POST', path: 'connections' };

const deathsOnRest2: readonly Death[] = [
  { operation: 'create', where: 'before its first call', at: before() },
  {
    operation: 'create',
    where: 'after its last call',
    at: after({ method: 'PUT', path: 'volumes/tags/batch' }),
  },
  {
    operation: 'snapshot',
    where: 'when it is made',
    at: after({ method: 'POST', path: 'volume-snapshots' }),
  },
  { operation: 'revert', where: 'when it is overwritten', at: after({ method: 'POST', path: 'volumes' }) },
  { operation: 'attach', where: 'before its first call', at: before() },
  { operation: 'attach', where: 'between host and connection', at: after({ method: 'POST', path: 'hosts' }) },
  {
    operation: 'attach',
    where: 'in its last call',
    at: before({ method: 'PUT', path: 'volumes/tags/batch' }),
  },
  { operation: 'detach', where: 'when it is cut off', at: after({ method: 'DELETE', path: 'connections' }) },
  { operation: 'delete', where: 'when it is destroyed', at: after({ method: 'PATCH', path: 'volumes' }) },
  {
    operation: 'attach',
    where: 'when connected and in the recovery',
    at: after(connecting),
    recovery: after({ method: 'DELETE', path: 'connections' }),
  },
];
const deathsOnRest1: readonly Death[] = [
  {
    operation: 'attach',
    where: 'when it is connected',
    at: after({ method: 'POST', path: '/^host\\/[^/]+\\/volume\\//' }),
  },
];

/** One array of each generation of the API. */
const sites: readonly {
  readonly name: string;
  readonly options: string;
  readonly tags: boolean;
  readonly deaths: readonly Death[];
}[] = [
  { name: 'REST 2', options: ',purity=6.4.10', tags: true, deaths: deathsOnRest2 },
  { name: 'REST 1', options: ',purity=5.3.0', tags: false, deaths: deathsOnRest1 },
];

let hasTags = true;

/**
 * Real processes and real kills, to show that the deaths of the simulation are true ones. At every statement and every
 * call of every operation, the simulation has them: `npm run chaos -- --points`.
 */
describe.each(sites)('$name', ({ options, tags, deaths }) => {
  let lab: Laboratory | undefined;
  /** The one that is alive. */
  let service: Service | undefined;
  beforeAll(async () => {
    hasTags = tags;
    lab = await openLaboratory(options);
    service = await lab.startService();
  });
  afterAll(async () => {
    const token = lab?.token ?? '';
    await lab?.close();
    // The CHAP secret is known by its form alone: it is in no line that any process has written.
    expect(
      lab?.output.filter((line) => line.includes(token) || /auth_password|host_password"?:"[^*]/.test(line)),
    ).toEqual([]);
    expect(lab?.output.length).toBeGreaterThan(100);
  });

  test.each(deaths)(
    'kill -9 of $operation $where loses nothing and leaves nothing',
    async ({ operation: name, at, recovery }) => {
      if (lab === undefined || service === undefined) {
        throw new Error('no laboratory');
      }
      const operation: Operation = operations[name];
      const dying = service;
      const scene = await setScene(dying, lab, operation.needs);
      const told = await dieAt(at, lab, () => ({
        running: dying.running,
        told: operation.ask(dying, scene).then(
          () => 'answered',
          () => 'lost',
        ),
      }));
      if (recovery !== undefined) {
        const { beginService } = lab;
        await dieAt(recovery, lab, () => ({ running: beginService(), told: Promise.resolve('lost') }));
      }
      service = await lab.startService();
      await expectAgreement(service, await lab.control.state('fa1'));
      await operation.verify(service, scene, lab, told);
      await expectAgreement(service, await lab.control.state('fa1'));
      await cleanUp(service);
    },
    180_000,
  );
});

/** Stops the work at a call and kills the process there. @returns what the client had heard by then */
async function dieAt(
  where: Hold,
  lab: Laboratory,
  begin: () => { readonly running: Running; readonly told: Promise<Told> },
): Promise<Told> {
  const hold = await lab.control.armHold('fa1', where);
  const { running, told } = begin();
  expect(await lab.control.waitForHold('fa1', hold.id, patience)).toMatchObject({ kind: 'held' });
  await kill(running, 'SIGKILL');
  await lab.control.releaseHold('fa1', hold.id, 'drop');
  return await told;
}

/** The tags of an attachment are written after its answer. */
async function isTagged(lab: Laboratory, volume: string): Promise<boolean> {
  const { tags } = await lab.control.state('fa1');
  return !hasTags || tags.some(({ key, resource }) => key === 'VmId' && resource.includes(volume));
}

async function cleanUp(service: Service): Promise<void> {
  const attachments = (await service.request('GET', '/attachments')).body.attachments;
  for (const { id } of Array.isArray(attachments) ? attachments : []) {
    await service.request('DELETE', `/attachments/${id}`);
  }
  const volumes = (await service.request('GET', '/volumes')).body.volumes;
  for (const { id } of Array.isArray(volumes) ? volumes : []) {
    await service.request('DELETE', `/volumes/${id}?cascade=true`);
  }
  await until('no volumes', async () => {
    const left = (await service.request('GET', '/volumes')).body.volumes;
    return Array.isArray(left) && left.length === 0 ? true : null;
  });
}
