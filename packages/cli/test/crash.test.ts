import type { ArrayState } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kill, type Laboratory, openLaboratory, type Reply, type Service, until } from './processes.ts';

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
/** More array calls than any operation makes. */
const mostCalls = 12;

/** Objects that an operation works on, made before it. */
interface Scene {
  readonly volume: string;
  readonly snapshot: string;
  readonly attachment: string;
}

interface Operation {
  readonly name: string;
  /** Which of the scene's objects it needs. */
  readonly needs: 'nothing' | 'volume' | 'snapshot' | 'reserved' | 'connected';
  readonly ask: (service: Service, scene: Scene) => Promise<Reply>;
  /** What must be true after the restart. */
  readonly verify: (service: Service, scene: Scene, lab: Laboratory) => Promise<void>;
}

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

const operations: readonly Operation[] = [
  {
    name: 'create',
    needs: 'nothing',
    ask: (service) => service.request('POST', '/volumes', { volume: { size: 1, name: 'made' } }),
    verify: async (service) =>
      expect(await volumeNamed(service, 'made')).toMatchObject({ status: 'available', size: 1 }),
  },
  {
    name: 'snapshot',
    needs: 'volume',
    ask: (service, { volume }) =>
      service.request('POST', '/snapshots', { snapshot: { volume_id: volume, name: 's' } }),
    verify: async (service) => {
      const { body } = await service.request('GET', '/snapshots/detail');
      expect(body.snapshots).toMatchObject([{ status: 'available' }]);
    },
  },
  {
    name: 'revert',
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
  {
    name: 'attach',
    needs: 'reserved',
    ask: (service, { attachment }) =>
      service.request('PUT', `/attachments/${attachment}`, { attachment: { connector } }),
    verify: async (service, { attachment }) => {
      expect(await statusOf(service, `/attachments/${attachment}`, 'attachment')).toBe('reserved');
      const again = await service.request('PUT', `/attachments/${attachment}`, { attachment: { connector } });
      expect(named(again, 'attachment').connection_info).toMatchObject({ target_luns: [1, 1, 1, 1] });
    },
  },
  {
    name: 'detach',
    needs: 'connected',
    ask: (service, { attachment }) => service.request('DELETE', `/attachments/${attachment}`),
    verify: async (service, { attachment }) => {
      expect((await service.request('GET', `/attachments/${attachment}`)).status).toBe(404);
      expect((await volumeNamed(service, 'first')).status).toBe('available');
    },
  },
  {
    name: 'delete',
    needs: 'volume',
    ask: (service, { volume }) => service.request('DELETE', `/volumes/${volume}`),
    verify: async (service, { volume }) =>
      expect((await service.request('GET', `/volumes/${volume}`)).status).toBe(404),
  },
];

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
    await until('the tag of the attachment', async () =>
      (await lab.control.state('fa1')).tags.some(({ key }) => key === 'VmId') || !hasTags ? true : null,
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

let hasTags = true;

/**
 * Real processes and real kills, to show that the deaths of the simulation (test/simulation, every point of every
 * operation) are true ones: one operation of each kind on one generation, the one with most calls on the other.
 */
describe.each([
  ['REST 2', ',purity=6.4.10', true, operations],
  ['REST 1', ',purity=5.3.0', false, operations.filter(({ name }) => name === 'attach')],
] as const)('%s', (_name, array, tags, table) => {
  let lab: Laboratory | undefined;
  beforeAll(async () => {
    hasTags = tags;
    lab = await openLaboratory(array);
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

  test.each(table)(
    'kill -9 at every array call of $name loses nothing and leaves nothing',
    async (operation) => {
      if (lab === undefined) {
        throw new Error('no laboratory');
      }
      let calls = 0;
      for (let skip = 0; skip < mostCalls; skip += 1) {
        const struck = [];
        for (const phase of ['before-apply', 'before-reply'] as const) {
          struck.push(await crashAt(lab, operation, skip, phase));
        }
        if (!struck.includes(true)) {
          break;
        }
        calls += 1;
      }
      expect(calls).toBeGreaterThan(0);
    },
    180_000,
  );
});

/** @returns whether the operation makes that many calls */
async function crashAt(
  lab: Laboratory,
  operation: Operation,
  skip: number,
  phase: 'before-apply' | 'before-reply',
): Promise<boolean> {
  const started: Service[] = [];
  const start = async (): Promise<Service> => {
    const service = await lab.startService();
    started.push(service);
    return service;
  };
  try {
    const first = await start();
    const scene = await setScene(first, lab, operation.needs);
    await lab.control.clearRequests('fa1');
    const hold = await lab.control.armHold('fa1', { phase, skip });
    const answer = operation.ask(first, scene).then(
      () => 'answered' as const,
      () => 'lost' as const,
    );
    const held = await Promise.race([
      lab.control.waitForHold('fa1', hold.id, 20_000).then(({ kind }) => kind),
      answer.then(async (how) => (how === 'answered' ? await finished(first, lab) : how)),
    ]);
    await kill(first.running, 'SIGKILL');
    await lab.control.releaseHold('fa1', hold.id, 'drop');
    const struck = held === 'held';
    const told = await answer;
    const second = await start();
    await expectAgreement(second, await lab.control.state('fa1'));
    // An attach that was answered before the crash stands: only its tags were being written.
    if (struck && !(operation.name.startsWith('attach') && told === 'answered')) {
      await operation.verify(second, scene, lab);
      await expectAgreement(second, await lab.control.state('fa1'));
    }
    await cleanUp(second, lab);
    return struck;
  } finally {
    await Promise.all(started.map(({ running }) => kill(running, 'SIGKILL')));
    await lab.control.reset('fa1');
  }
}

/** An answer may come before the work is done: `held` when a call is stopped after it, `done` when none is. */
async function finished(service: Service, lab: Laboratory): Promise<'held' | 'done'> {
  return await until('the end of the work', async () => {
    const inFlight = (await lab.control.requests('fa1')).some(({ status }) => status === null);
    if (inFlight) {
      return 'held';
    }
    const { body } = await service.request('GET', '/volumes/detail');
    const rows = Array.isArray(body.volumes) ? body.volumes : [];
    const busy = rows.some(({ status }) =>
      ['creating', 'extending', 'reverting', 'deleting'].includes(status),
    );
    const snapshots = (await service.request('GET', '/snapshots/detail')).body.snapshots;
    const taking = Array.isArray(snapshots) && snapshots.some(({ status }) => status === 'creating');
    return busy || taking ? null : 'done';
  });
}

async function cleanUp(service: Service, lab: Laboratory): Promise<void> {
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
  await lab.control.reset('fa1');
}
