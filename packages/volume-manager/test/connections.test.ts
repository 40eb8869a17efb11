import type { JsonObject } from '@cinder-flasharray/store';
import { afterEach, describe, expect, test } from 'vitest';
import {
  closeSites,
  createConsistentGroup,
  createMirroredType,
  host,
  openSite,
  type Site,
  type Started,
} from './replicated-site.ts';
import {
  compute1,
  context,
  hastyClock,
  levels,
  type RunningManager,
  runManager,
  volumeRequest,
} from './running-manager.ts';

const connect = { method: 'POST', path: '/^connections$/' } as const;
const refused = { kind: 'status', status: 400, message: 'LUN limit reached.', times: null } as const;

afterEach(closeSites);

describe('a volume that hosts reach through two arrays', () => {
  /** Two arrays, and a volume of the pod. */
  async function openUniform(): Promise<Site & Started & { readonly volume: string }> {
    const site = await openSite('uniform', hastyClock);
    const started = await site.start();
    const { blockStorage, manager } = started;
    await createMirroredType(blockStorage, 'sync');
    const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
    await manager.idle();
    return { ...site, ...started, volume: id };
  }
  const attach = async (
    { blockStorage }: Started,
    volumeId: string,
    connector: JsonObject | null = compute1,
  ): Promise<string> =>
    (
      await blockStorage.attachments.create(context, {
        volumeId,
        instanceUuid: '11111111-1111-4111-8111-111111111111',
        connector,
        mode: null,
      })
    ).id;
  const connected = async ({ simulator }: Site): Promise<readonly (readonly string[])[]> =>
    await Promise.all(
      ['fa1', 'fa2'].map(async (array) =>
        (await simulator.control.state(array)).connections.map(({ volume }) => volume),
      ),
    );
  const hosts = async ({ simulator }: Site): Promise<number> =>
    (await simulator.control.state('fa1')).hosts.length + (await simulator.control.state('fa2')).hosts.length;
  const inJournal = async ({ store }: Site): Promise<readonly string[]> =>
    (await store.journal.list()).map(({ operation }) => operation);

  test('is deleted while one of them is away, which loses its host as soon as it answers', async () => {
    const site = await openUniform();
    const { simulator, store, blockStorage, manager, volume } = site;
    const { control } = simulator;
    await control.setReplication({ resyncMs: 0 });
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    await control.setArrayDown('fa2', true);
    await blockStorage.volumes.delete(context, volume, { cascade: false, force: true });
    await expect.poll(() => store.volumes.get(volume), { timeout: 15_000 }).toBeNull();
    expect((await control.state('fa1')).hosts).toEqual([]);
    expect((await control.state('fa2')).hosts).toHaveLength(1);
    await control.setArrayDown('fa2', false);
    await manager.idle();
    expect((await control.state('fa2')).hosts).toEqual([]);
    expect(await store.journal.list()).toEqual([]);
  });

  test('loses its host on an array that is away although the service dies while it is being deleted', async () => {
    const site = await openUniform();
    const { simulator, store, blockStorage, manager, volume } = site;
    const { control } = simulator;
    await control.setReplication({ resyncMs: 0 });
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    await control.setArrayDown('fa2', true);
    const ended = await control.armHold('fa1', {
      match: { method: 'DELETE', path: '/^connections$/' },
      phase: 'before-reply',
    });
    await blockStorage.volumes.delete(context, volume, { cascade: false, force: true });
    await control.waitForHold('fa1', ended.id, 5_000);
    await manager.stop(10);
    await control.releaseHold('fa1', ended.id, 'drop');
    const second = await site.begin();
    await expect.poll(() => store.volumes.get(volume), { timeout: 15_000 }).toBeNull();
    expect(await inJournal(site)).toContain('release_host');
    await control.setArrayDown('fa2', false);
    await second.manager.idle();
    expect(await hosts(site)).toBe(0);
    expect(await inJournal(site)).toEqual([]);
  });

  test('leaves no host on an array that refuses to tell it when a retype takes the volume from there', async () => {
    const site = await openUniform();
    const { simulator, store, blockStorage, manager, volume } = site;
    const { control } = simulator;
    await control.setReplication({ resyncMs: 0 });
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    expect(await hosts(site)).toBe(2);
    await control.addFault('fa2', { ...refused, match: { method: 'GET', path: '/^hosts$/' } });
    await blockStorage.volumes.retype(context, volume, { newType: 'fa1', migrationPolicy: 'on-demand' });
    await expect
      .poll(() => store.volumes.get(volume), { timeout: 15_000 })
      .toMatchObject({ providerId: `volume-${volume}-cinder`, status: 'available' });
    await control.clearFaults('fa2');
    await manager.idle();
    expect((await control.state('fa2')).hosts).toEqual([]);
    expect((await control.state('fa1')).connections).toHaveLength(1);
    expect(await inJournal(site)).toEqual([]);
  });

  test.each(['consistent', 'generic'])(
    'goes with its %s group while one of them is away, which loses its host as soon as it answers',
    async (kind) => {
      const site = await openUniform();
      const { simulator, store, blockStorage, manager } = site;
      const { groups, groupTypes, volumes } = blockStorage;
      const { control } = simulator;
      await control.setReplication({ resyncMs: 0 });
      const group = await createConsistentGroup(site, 'mirrored');
      await groupTypes.setGroupSpecs(context, 'consistent', {
        consistent_group_snapshot_enabled: kind === 'consistent' ? '<is> True' : '<is> False',
      });
      const { id } = await volumes.create(context, volumeRequest({ volumeType: 'mirrored', groupId: group }));
      await manager.idle();
      await volumes.initializeConnection(context, id, compute1);
      await control.setArrayDown('fa2', true);
      await groups.delete(context, group, { deleteVolumes: true });
      await expect.poll(() => store.groups.get(group), { timeout: 15_000 }).toBeNull();
      expect(await store.volumes.get(id)).toBeNull();
      await control.setArrayDown('fa2', false);
      await manager.idle();
      expect(await hosts(site)).toBe(0);
      expect(await inJournal(site)).toEqual([]);
    },
  );

  test('is shown by an array that was away at the attach, as soon as it answers', async () => {
    const site = await openUniform();
    await site.simulator.control.setArrayDown('fa2', true);
    await attach(site, site.volume);
    expect(await inJournal(site)).toContain('make_up_connect');
    await site.simulator.control.setArrayDown('fa2', false);
    await site.manager.idle();
    const name = `cinder-pod::volume-${site.volume}-cinder`;
    expect(await connected(site)).toEqual([[name], [name]]);
    expect(await inJournal(site)).toEqual([]);
  });

  test('is not shown by it any more when the attachment has ended meanwhile', async () => {
    const site = await openUniform();
    await site.simulator.control.setArrayDown('fa2', true);
    const attachment = await attach(site, site.volume);
    await site.blockStorage.attachments.delete(context, attachment);
    await site.simulator.control.setArrayDown('fa2', false);
    await site.manager.idle();
    expect(await connected(site)).toEqual([[], []]);
    expect(await hosts(site)).toBe(0);
    expect(await inJournal(site)).toEqual([]);
  });

  test('is not shown by it when its detach was accepted before the array could be asked', async () => {
    const site = await openUniform();
    const { simulator, blockStorage, manager, volume } = site;
    const { control } = simulator;
    const attachment = await attach(site, volume, null);
    await control.addFault('fa2', { ...refused, times: 1, match: connect });
    const hold = await control.armHold('fa1', { match: connect, phase: 'before-apply' });
    const attaching = blockStorage.attachments.update(context, attachment, compute1);
    await control.waitForHold('fa1', hold.id, 5_000);
    const detaching = blockStorage.attachments.delete(context, attachment);
    await expect.poll(() => inJournal(site)).toContain('attachment_delete');
    await control.releaseHold('fa1', hold.id, 'continue');
    await attaching.catch(() => undefined);
    await detaching;
    await manager.idle();
    expect(await connected(site)).toEqual([[], []]);
    expect(await inJournal(site)).toEqual([]);
  });

  test('is shown by both arrays after the older calls too, until they end it', async () => {
    const site = await openUniform();
    const { simulator, blockStorage, manager, volume } = site;
    await blockStorage.volumes.reserve(context, volume);
    await simulator.control.setArrayDown('fa2', true);
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    // The same again is one piece of work.
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    expect((await inJournal(site)).filter((name) => name === 'make_up_connect')).toHaveLength(1);
    await simulator.control.setArrayDown('fa2', false);
    await manager.idle();
    expect((await connected(site)).map(({ length }) => length)).toEqual([1, 1]);
    await simulator.control.setArrayDown('fa2', true);
    await blockStorage.volumes.initializeConnection(context, volume, compute1);
    await blockStorage.volumes.terminateConnection(context, volume, compute1);
    await simulator.control.setArrayDown('fa2', false);
    await manager.idle();
    expect(await connected(site)).toEqual([[], []]);
    expect(await inJournal(site)).toEqual([]);
  });

  /** Left by an earlier life of the service. @param since milliseconds since the epoch */
  const leftToConnect = async ({ store, volume }: Site & { readonly volume: string }, since: number) => {
    await store.journal.add({
      operation: 'make_up_connect',
      resourceId: volume,
      details: {
        volumeId: volume,
        host,
        backendId: 'fa2',
        volumeName: `cinder-pod::volume-${volume}-cinder`,
        connector: compute1,
        since,
      },
      owner: null,
    });
  };

  test('is not asked for without end of an array that refuses', async () => {
    const site = await openUniform();
    const { simulator } = site;
    await site.manager.stop(5_000);
    await simulator.control.addFault('fa2', { ...refused, match: connect });
    await leftToConnect(site, 0);
    await site.start();
    await expect.poll(() => inJournal(site), { timeout: 5_000 }).toEqual([]);
    const asked = await simulator.control.requests('fa2');
    expect(
      asked.filter(({ method, path }) => method === 'POST' && path.endsWith('connections')),
    ).toHaveLength(1);
  });

  test('is shown by both arrays after a start and after a failover, though its host has a name of its own on each', async () => {
    const site = await openUniform();
    const { simulator, manager, volume } = site;
    await simulator.control.admin('fa1', {
      kind: 'createHost',
      name: 'blade',
      iqns: [compute1.initiator],
    });
    await attach(site, volume);
    const name = `cinder-pod::volume-${volume}-cinder`;
    const shown = [[name], [name]];
    expect(await connected(site)).toEqual(shown);
    await manager.stop(5_000);
    const second = await site.start();
    await second.manager.idle();
    expect(await connected(site)).toEqual(shown);
    for (const to of ['fa2', 'default']) {
      await second.blockStorage.services.failover(context, host, to);
      await second.manager.idle();
      expect(await connected(site)).toEqual(shown);
    }
    const [other] = (await simulator.control.state('fa2')).connections;
    expect(other?.host).not.toBe('blade');
  });

  test('keeps no service from starting while an array is away that is to show it', async () => {
    const site = await openUniform();
    const { simulator } = site;
    await site.manager.stop(5_000);
    await simulator.control.setArrayDown('fa2', true);
    await leftToConnect(site, 0);
    const started: Started[] = [];
    const starting = site.start().then((one) => started.push(one));
    await expect.poll(() => started.length, { timeout: 10_000 }).toBe(1);
    await starting;
    expect(await inJournal(site)).toEqual(['make_up_connect']);
    await simulator.control.setArrayDown('fa2', false);
    await started[0]?.manager.idle();
    expect((await connected(site)).map(({ length }) => length)).toEqual([0, 1]);
  });

  test('is shown by neither array after an attach that the current one refused, although the other was away then', async () => {
    const site = await openUniform();
    const { simulator, manager, volume } = site;
    const { control } = simulator;
    await control.addFault('fa1', { ...refused, match: connect });
    const hold = await control.armHold('fa1', { match: connect, phase: 'before-apply' });
    const attaching = attach(site, volume);
    const failure = expect(attaching).rejects.toMatchObject({ code: 'backend-failure' });
    await control.waitForHold('fa1', hold.id, 5_000);
    await expect.poll(async () => (await connected(site))[1]).toHaveLength(1);
    await control.setArrayDown('fa2', true);
    await control.releaseHold('fa1', hold.id, 'continue');
    await failure;
    await expect.poll(() => inJournal(site), { timeout: 20_000 }).toEqual(['make_up_disconnect']);
    expect((await connected(site))[1]).toHaveLength(1);
    await control.setArrayDown('fa2', false);
    await manager.idle();
    expect(await connected(site)).toEqual([[], []]);
    expect(await hosts(site)).toBe(0);
  });
});

const cidrs = [{ text: '0.0.0.0/0', contains: () => true }];

test.each([
  ['true with iSCSI', { kind: 'iscsi', chap: false, cidrs }, true],
  ['false with Fibre Channel', { kind: 'fibre-channel', fabrics: null }, false],
  ['null with NVMe, so that os-brick always locks', { kind: 'nvme', transport: 'tcp', cidrs }, null],
] as const)('shared_targets of a volume is %s', async (_name, protocol, sharedTargets) => {
  const { blockStorage, manager, close } = await runManager({}, hastyClock, { protocol });
  try {
    const source = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    const copy = await blockStorage.volumes.create(context, volumeRequest({ sourceVolid: source.id }));
    await manager.idle();
    for (const { id } of [source, copy]) {
      const made = await blockStorage.volumes.get(context, id);
      expect(made).toMatchObject({ status: 'available', sharedTargets });
    }
  } finally {
    await close();
  }
});

test('a detach while failed over ends the connection on the primary too, as soon as that answers', async () => {
  const { simulator, store, start } = await openSite('sync', hastyClock);
  const { manager, blockStorage } = await start();
  const { control } = simulator;
  await createMirroredType(blockStorage, 'sync');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  const attachment = await blockStorage.attachments.create(context, {
    volumeId: id,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await control.setArrayDown('fa1', true);
  await blockStorage.services.failover(context, host, 'fa2');
  await manager.idle();
  await blockStorage.attachments.delete(context, attachment.id);
  expect(await store.volumes.get(id)).toMatchObject({ status: 'available', attachments: [] });
  expect((await control.state('fa1')).connections).toHaveLength(1);
  await control.setArrayDown('fa1', false);
  await manager.idle();
  expect((await control.state('fa1')).connections).toEqual([]);
  expect((await control.state('fa1')).hosts).toEqual([]);
  await blockStorage.services.failover(context, host, 'default');
  await manager.idle();
  expect((await control.state('fa1')).connections).toEqual([]);
  expect(await store.journal.list()).toEqual([]);
});

test('a detach leaves nothing to be made up for on an asynchronous target that is away', async () => {
  const { simulator, store, start } = await openSite('async', hastyClock);
  const { manager, blockStorage } = await start();
  await createMirroredType(blockStorage, 'async');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  const attachment = await blockStorage.attachments.create(context, {
    volumeId: id,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await simulator.control.setArrayDown('fa2', true);
  await blockStorage.attachments.delete(context, attachment.id);
  const left = (await store.journal.list()).map(({ operation }) => operation);
  expect(left).not.toContain('make_up_disconnect');
});

test('a host that was detached while failed over has lost the volume before another one gets it after the failback', async () => {
  const { simulator, store, start } = await openSite('sync', hastyClock);
  const { manager, blockStorage } = await start();
  const { control } = simulator;
  const { attachments, services, volumes } = blockStorage;
  await createMirroredType(blockStorage, 'sync');
  const { id } = await volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  const attach = (connector: JsonObject) =>
    attachments.create(context, { volumeId: id, instanceUuid: null, connector, mode: null });
  const first = await attach(compute1);
  await control.setArrayDown('fa1', true);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await attachments.delete(context, first.id);
  // What the primary has missed is tried ever more seldom.
  const attempts = async (): Promise<number> => (await store.journal.list())[0]?.attempts ?? 0;
  await expect.poll(attempts, { timeout: 15_000 }).toBeGreaterThan(3);
  await control.setReplication({ resyncMs: 0 });
  await control.setArrayDown('fa1', false);
  await services.failover(context, host, 'default');
  await attach({ host: 'compute2', initiator: 'iqn.1994-05.com.redhat:compute2' });
  expect((await control.state('fa1')).connections.map(({ host: name }) => name)).toEqual([
    expect.stringMatching(/^compute2-/),
  ]);
});

test('a host that an attach left where a failover cut it off is not left there', async () => {
  const { simulator, store, start } = await openSite('sync', hastyClock);
  const { manager, blockStorage } = await start();
  const { control } = simulator;
  await createMirroredType(blockStorage, 'sync');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  const hold = await control.armHold('fa1', { match: connect, phase: 'before-apply' });
  const attaching = blockStorage.attachments.create(context, {
    volumeId: id,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  await blockStorage.services.failover(context, host, 'fa2');
  const attachment = await attaching;
  await control.releaseHold('fa1', hold.id, 'drop');
  await manager.idle();
  const hosts = async (array: string): Promise<number> => (await control.state(array)).hosts.length;
  expect([await hosts('fa1'), await hosts('fa2')]).toEqual([0, 1]);
  await blockStorage.attachments.delete(context, attachment.id);
  await manager.idle();
  expect([await hosts('fa1'), await hosts('fa2')]).toEqual([0, 0]);
  expect(await store.journal.list()).toEqual([]);
});

describe.each(levels.filter(([level]) => level === '1.19' || level === 'newest'))(
  'REST %s',
  (level, array) => {
    let running: RunningManager | undefined;

    afterEach(async () => {
      await running?.close();
    });

    const open = async (): Promise<RunningManager & { readonly volume: string }> => {
      running = await runManager(array, hastyClock);
      const { id } = await running.blockStorage.volumes.create(context, volumeRequest());
      await running.manager.idle();
      return { ...running, volume: id };
    };
    const isRest1 = level === '1.19';

    test('a host that the array will not delete does not fail the detach', async () => {
      const { simulator, blockStorage, manager, volume } = await open();
      const attachment = await blockStorage.attachments.create(context, {
        volumeId: volume,
        instanceUuid: null,
        connector: compute1,
        mode: null,
      });
      const [made] = (await simulator.control.state('fa1')).hosts;
      await simulator.control.admin('fa1', {
        kind: 'createHostGroup',
        name: 'cluster',
        hosts: [made?.name ?? ''],
      });
      await expect(blockStorage.attachments.delete(context, attachment.id)).resolves.toEqual([]);
      await manager.idle();
      expect((await blockStorage.volumes.get(context, volume)).status).toBe('available');
      const { connections, hosts } = await simulator.control.state('fa1');
      expect(connections).toEqual([]);
      expect(hosts).toMatchObject([{ name: made?.name, hostGroup: 'cluster' }]);
    });

    test('a host that a try of an attach made goes when a later try is refused', async () => {
      const { simulator, blockStorage, manager, volume } = await open();
      const { control } = simulator;
      const onHost = (method: string) => ({ method, path: isRest1 ? '/^host\\/[^/]+$/' : '/^hosts$/' });
      await control.addFault('fa1', { kind: 'cut', phase: 'after-apply', match: onHost('POST') });
      await control.addFault('fa1', {
        kind: 'status',
        status: 503,
        times: 1,
        match: onHost('DELETE'),
      });
      await control.addFault('fa1', {
        ...refused,
        times: 1,
        match: isRest1 ? { method: 'POST', path: '/^host\\/[^/]+\\/volume\\//' } : connect,
      });
      await expect(
        blockStorage.attachments.create(context, {
          volumeId: volume,
          instanceUuid: null,
          connector: compute1,
          mode: null,
        }),
      ).rejects.toMatchObject({ code: 'backend-failure' });
      await manager.idle();
      expect((await control.state('fa1')).hosts).toEqual([]);
    });
  },
);
