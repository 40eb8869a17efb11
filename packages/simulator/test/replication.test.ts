import { describe, expect, test } from 'vitest';
import type { SimulatorControl } from '../src/index.ts';
import { hasDocument, replyProblems } from './support/openapi.ts';
import { type RawClient, runningArrays } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-01-01T00:00:00Z');
const refused = (message: string) => ({ status: 400, json: { errors: [{ message }] } });
const isRefused = (message: RegExp) => ({
  status: 400,
  json: { errors: [{ message: expect.stringMatching(message) }] },
});

/** Two connected arrays; `v1` holds 1 and is in the group `pg` on `fa1`. */
async function twoArrays(version = '2.26') {
  const fleet = await runningArrays({
    arrays: [{ name: 'fa1' }, { name: 'fa2' }],
    connections: [{ from: 'fa1', to: 'fa2' }],
  });
  const { control } = fleet;
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
  await control.writeVolume('fa1', 'v1', 0, Uint8Array.of(1));
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pg', volumes: ['v1'] });
  // A login for each call: sessions do not outlive the hours that these tests let pass.
  const [fa1, fa2] = ['fa1', 'fa2'].map(
    (name): RawClient =>
      async (...request) =>
        (await fleet.array(name).rest2(version))(...request),
  );
  if (fa1 === undefined || fa2 === undefined) throw new Error('two arrays');
  return { fleet, control, fa1, fa2 };
}

const target = 'protection-groups/targets?group_names=pg&member_names=fa2';
const allow = (fa2: RawClient, allowed = true) =>
  fa2('PATCH', 'protection-groups/targets?group_names=fa1:pg', { body: { allowed } });
const enable = (fa1: RawClient, frequency: number) =>
  fa1('PATCH', 'protection-groups?names=pg', {
    body: { replication_schedule: { enabled: true, frequency } },
  });
const now = (fa1: RawClient, suffix: string, how = 'replicate_now') =>
  fa1('POST', `protection-group-snapshots?source_names=pg&${how}=true`, { body: { suffix } });
const firstByte = async (control: SimulatorControl, array: string, name: string) =>
  (await control.readVolume(array, name, 0, 1))[0];

describe('targets', () => {
  test('a group appears on its target, is allowed there, and the source learns of it', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await control.setReplication({ propagationMs: 2000 });
    expect(await fa1('POST', target)).toMatchObject({
      json: { items: [{ allowed: false, group: { name: 'pg' }, member: { name: 'fa2' } }] },
    });
    expect(await fa1('POST', target)).toMatchObject(isRefused(/already includes/));
    const visible = () => fa2('GET', 'protection-groups?names=fa1:pg');
    expect(await visible()).toMatchObject(refused('Protection group does not exist.'));
    await control.advance(1999);
    expect(await visible()).toMatchObject({ status: 400 });
    await control.advance(1);
    expect(await visible()).toMatchObject({
      json: { items: [{ is_local: false, source: { name: 'fa1' }, volume_count: 1, target_count: 1 }] },
    });
    expect(await allow(fa2)).toMatchObject({ json: { items: [{ allowed: true }] } });
    expect(await allow(fa2)).toMatchObject(isRefused(/already allowed on/));
    const seen = () => fa1('GET', 'protection-groups/targets?group_names=pg');
    expect(await seen()).toMatchObject({ json: { items: [{ allowed: false }] } });
    await control.advance(2000);
    expect(await seen()).toMatchObject({ json: { items: [{ allowed: true }] } });
  });

  test('only connected arrays can be targets, at most four', async () => {
    const { fa1 } = await twoArrays();
    expect(await fa1('POST', 'protection-groups/targets?group_names=pg&member_names=fa9')).toMatchObject(
      refused('Array is not connected.'),
    );
    expect(await fa1('DELETE', target)).toMatchObject(isRefused(/could not be found/));
  });

  test('nothing appears while the network is down', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await control.setReplicationLink('fa1', 'fa2', 'down');
    await fa1('POST', target);
    await control.advance(hour);
    expect(await fa2('GET', 'protection-groups?names=fa1:pg')).toMatchObject({ status: 400 });
    await control.setReplicationLink('fa1', 'fa2', 'up');
    expect(await fa2('GET', 'protection-groups?names=fa1:pg')).toMatchObject({ status: 200 });
  });

  test('a replicated group is read-only on the target', async () => {
    const { fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    const message = 'Protection group is replicated from another array.';
    expect(
      await fa2('PATCH', 'protection-groups?names=fa1:pg', { body: { source_retention: { days: 1 } } }),
    ).toMatchObject(refused(message));
    expect(await fa2('POST', 'protection-group-snapshots?source_names=fa1:pg', { body: {} })).toMatchObject(
      refused(message),
    );
  });

  test('taking a target away leaves what was replicated', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await now(fa1, 'one-a');
    expect(await fa1('DELETE', target)).toMatchObject({ status: 200 });
    expect(await fa1('GET', 'protection-groups/targets')).toMatchObject({ json: { items: [] } });
    expect((await control.state('fa2')).protectionGroupSnapshots).toMatchObject([{ name: 'fa1:pg.one-a' }]);
    expect(await now(fa1, 'two-a')).toMatchObject(
      refused('Protection group has no target that allows replication.'),
    );
  });
});

describe('transfers', () => {
  test('the target has the data that was there when the snapshot was taken', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await control.setReplication({ transferMs: 1000 });
    expect(await now(fa1, 'one-a')).toMatchObject({ json: { items: [{ name: 'pg.one-a' }] } });
    await control.writeVolume('fa1', 'v1', 0, Uint8Array.of(2));
    const transfer = () => fa2('GET', 'protection-group-snapshots/transfer?names=fa1:pg.one-a');
    expect(await transfer()).toMatchObject({
      json: { items: [{ started: start, completed: null, progress: 0, data_transferred: 0 }] },
    });
    await control.advance(250);
    expect(await transfer()).toMatchObject({ json: { items: [{ completed: null, progress: 0.25 }] } });
    const copy = () =>
      fa2('POST', 'volumes?names=v1&overwrite=true', { body: { source: { name: 'fa1:pg.one-a.v1' } } });
    expect(await copy()).toMatchObject(refused('No such volume or snapshot.'));
    await control.advance(750);
    expect(await transfer()).toMatchObject({
      json: {
        items: [{ name: 'fa1:pg.one-a', completed: start + 1000, progress: 1, data_transferred: 4096 }],
      },
    });
    expect(await fa2('GET', 'volume-snapshots?names=fa1:pg.one-a.v1')).toMatchObject({
      json: { items: [{ source: { id: null, name: 'fa1:v1' }, provisioned: gibibyte }] },
    });
    expect(await copy()).toMatchObject({ json: { items: [{ name: 'v1', provisioned: gibibyte }] } });
    expect(await firstByte(control, 'fa2', 'v1')).toBe(1);
    expect(await firstByte(control, 'fa2', 'fa1:pg.one-a.v1')).toBe(1);
    await now(fa1, 'two-a');
    await control.advance(1000);
    const again = { body: { source: { name: 'fa1:pg.two-a.v1' } } };
    expect(await fa2('POST', 'volumes?names=v1&overwrite=true', again)).toMatchObject({ status: 200 });
    expect(await firstByte(control, 'fa2', 'v1')).toBe(2);
  });

  test.each(['fa1:pg', 'fa1:pg.*', 'fa1:pg.one-a,fa1:pg.two-a'])('are found by %s', async (names) => {
    const { fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await now(fa1, 'one-a');
    await now(fa1, 'two-a');
    expect(await fa2('GET', `protection-group-snapshots/transfer?names=${names}`)).toMatchObject({
      json: { items: [{ name: 'fa1:pg.one-a' }, { name: 'fa1:pg.two-a' }] },
    });
    expect(await fa1('GET', 'protection-group-snapshots/transfer?source_names=pg')).toMatchObject({
      json: { items: [{ name: 'pg.one-a', progress: 1 }, { name: 'pg.two-a' }] },
    });
    expect(await fa2('GET', 'protection-group-snapshots/transfer?names=fa1:nothing')).toMatchObject({
      status: 400,
    });
  });

  test.each([
    [
      'the network',
      (control: SimulatorControl, off: boolean) =>
        control.setReplicationLink('fa1', 'fa2', off ? 'down' : 'up'),
    ],
    ['the source', (control: SimulatorControl, off: boolean) => control.setArrayDown('fa1', off)],
    ['the target', (control: SimulatorControl, off: boolean) => control.setArrayDown('fa2', off)],
  ])('pause while %s is lost, and go on', async (_what, set) => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await control.setReplication({ transferMs: 1000 });
    await now(fa1, 'one-a');
    await control.advance(400);
    await set(control, true);
    await control.advance(hour);
    await set(control, false);
    await control.advance(599);
    const transfer = async () => (await control.state('fa2')).transfers;
    expect(await transfer()).toMatchObject([{ snapshot: 'fa1:pg.one-a', progress: 0.99 }]);
    await control.advance(1);
    expect(await transfer()).toMatchObject([{ progress: 1, completed: '2026-01-01T01:00:01.000Z' }]);
  });

  test('queued ones come after one another, others at once', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await control.setReplication({ transferMs: 1000 });
    await now(fa1, 'one-a', 'replicate');
    await now(fa1, 'two-a', 'replicate');
    await now(fa1, 'three-a');
    await control.advance(1500);
    const progress = (await control.state('fa1')).transfers.map(({ progress: done }) => done);
    expect(progress).toEqual([1, 0.5, 1]);
  });

  test('a snapshot that is there already is sent', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await fa1('POST', 'protection-group-snapshots?source_names=pg', { body: { suffix: 'one-a' } });
    await control.writeVolume('fa1', 'v1', 0, Uint8Array.of(2));
    expect(await fa1('POST', 'protection-group-snapshots/replica?names=pg.one-a&on=fa2')).toMatchObject({
      json: { items: [{ name: 'pg.one-a' }] },
    });
    expect(await firstByte(control, 'fa2', 'fa1:pg.one-a.v1')).toBe(1);
  });

  test('forbidding stops new ones; what is there stays', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await now(fa1, 'one-a');
    await allow(fa2, false);
    expect(await now(fa1, 'two-a')).toMatchObject({ status: 400 });
    expect((await control.state('fa2')).protectionGroupSnapshots).toHaveLength(1);
  });
});

describe('schedule', () => {
  test('sends a snapshot at once and then every period, of the volumes that are live', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await enable(fa1, hour);
    expect((await control.state('fa2')).protectionGroupSnapshots).toEqual([]);
    await allow(fa2);
    const names = async () => (await control.state('fa2')).protectionGroupSnapshots.map(({ name }) => name);
    expect(await names()).toEqual(['fa1:pg.1']);
    await control.advance(2 * hour);
    expect(await names()).toEqual(['fa1:pg.1', 'fa1:pg.2', 'fa1:pg.3']);
    expect((await control.state('fa2')).protectionGroupSnapshots[2]?.created).toBe(
      '2026-01-01T02:00:00.000Z',
    );
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v1' });
    await control.advance(hour);
    expect((await control.state('fa2')).snapshots.map(({ name }) => name)).not.toContain('fa1:pg.4.v1');
    await fa1('PATCH', 'protection-groups?names=pg', { body: { replication_schedule: { enabled: false } } });
    await control.advance(5 * hour);
    expect(await names()).toHaveLength(4);
  });

  test('what was missed while the target was away is made up for by one run', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await enable(fa1, hour);
    await control.setArrayDown('fa2', true);
    await control.advance(10 * hour);
    await control.setArrayDown('fa2', false);
    expect((await control.state('fa2')).protectionGroupSnapshots).toMatchObject([
      { name: 'fa1:pg.1' },
      { name: 'fa1:pg.2', created: '2026-01-01T10:00:00.000Z' },
    ]);
  });

  test('a snapshot schedule takes snapshots that stay on the array, as long as source retention says', async () => {
    const { control, fa1 } = await twoArrays();
    await fa1('PATCH', 'protection-groups?names=pg', {
      body: {
        snapshot_schedule: { enabled: true, frequency: hour },
        source_retention: { all_for_sec: 7200, per_day: 0, days: 0 },
      },
    });
    await control.advance(4 * hour);
    const taken = (await control.state('fa1')).protectionGroupSnapshots;
    expect(taken.map(({ name, destroyed }) => [name, destroyed])).toEqual([
      ['pg.1', true],
      ['pg.2', true],
      ['pg.3', true],
      ['pg.4', false],
      ['pg.5', false],
    ]);
    await expect(control.admin('fa1', { kind: 'replicateNow', group: 'pg' })).rejects.toMatchObject({
      code: 'refused',
    });
    expect((await control.state('fa2')).protectionGroupSnapshots).toEqual([]);
  });

  test('the target keeps what its retention says', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await fa1('PATCH', 'protection-groups?names=pg', {
      body: { target_retention: { all_for_sec: 7200, per_day: 1, days: 2 } },
    });
    await enable(fa1, hour);
    await control.advance(5 * hour);
    const live = async () =>
      (await control.state('fa2')).protectionGroupSnapshots
        .filter(({ destroyed }) => !destroyed)
        .map(({ name }) => name);
    expect(await live()).toEqual(['fa1:pg.1', 'fa1:pg.5', 'fa1:pg.6']);
    await fa1('PATCH', 'protection-groups?names=pg', { body: { replication_schedule: { enabled: false } } });
    await control.advance(44 * hour);
    expect(await live()).toEqual(['fa1:pg.1']);
    await control.advance(hour);
    expect(await live()).toEqual([]);
    await control.advance(day);
    expect((await control.state('fa2')).protectionGroupSnapshots).toEqual([]);
    expect((await control.state('fa2')).snapshots).toEqual([]);
  });
});

describe('what the source sees on its target', () => {
  test('groups and snapshots are listed, destroyed and eradicated there', async () => {
    const { control, fa1, fa2 } = await twoArrays();
    await fa1('POST', target);
    await allow(fa2);
    await now(fa1, 'one-a');
    expect(await fa1('GET', 'remote-protection-groups?on=fa2')).toMatchObject({
      json: {
        items: [{ name: 'fa1:pg', remote: { name: 'fa2' }, source: { name: 'fa1' }, destroyed: false }],
      },
    });
    expect(await fa1('GET', 'remote-protection-group-snapshots/transfer?on=fa2')).toMatchObject({
      json: { items: [{ name: 'fa1:pg.one-a', progress: 1 }] },
    });
    const snapshot = 'remote-protection-group-snapshots?names=fa1:pg.one-a&on=fa2';
    expect(await fa1('PATCH', snapshot, { body: { destroyed: true } })).toMatchObject({
      json: { items: [{ name: 'fa1:pg.one-a', destroyed: true }] },
    });
    expect(await fa1('DELETE', snapshot)).toMatchObject({ status: 200 });
    expect((await control.state('fa2')).snapshots).toEqual([]);
    const group = 'remote-protection-groups?names=fa1:pg&on=fa2';
    const destroy = { body: { destroyed: true } };
    expect(await fa1('PATCH', group, destroy)).toMatchObject(isRefused(/still replicated/));
    await now(fa1, 'two-a');
    await fa1('DELETE', target);
    expect(await fa1('PATCH', group, destroy)).toMatchObject({ json: { items: [{ destroyed: true }] } });
    expect(await fa1('DELETE', group)).toMatchObject({ status: 200 });
    expect((await control.state('fa2')).protectionGroups).toEqual([]);
  });
});

describe('REST 1', () => {
  test.each(['1.3', '1.5', '1.19'])('the same by version %s', async (version) => {
    const { fleet, control } = await twoArrays();
    const [fa1, fa2] = [await fleet.array('fa1').rest1(version), await fleet.array('fa2').rest1(version)];
    expect(await fa1('PUT', 'pgroup/pg', { body: { addtargetlist: ['fa2'] } })).toMatchObject({
      json: { name: 'pg', source: 'fa1', volumes: ['v1'], targets: [{ name: 'fa2', allowed: false }] },
    });
    expect((await fa1('PUT', 'pgroup/pg', { body: { addtargetlist: ['fa2'] } })).text).toContain(
      'already includes',
    );
    expect(await fa2('GET', 'pgroup/fa1:pg')).toMatchObject({
      json: {
        name: 'fa1:pg',
        source: 'fa1',
        volumes: ['fa1:v1'],
        targets: [{ name: 'fa2', allowed: false }],
      },
    });
    expect(await fa2('PUT', 'pgroup/fa1:pg', { body: { allowed: true } })).toMatchObject({ status: 200 });
    expect((await fa2('PUT', 'pgroup/fa1:pg', { body: { allowed: true } })).text).toContain(
      'already allowed on',
    );
    expect(await fa1('GET', 'pgroup/pg')).toMatchObject({ json: { targets: [{ allowed: true }] } });
    await fa1('PUT', 'pgroup/pg', { body: { replicate_enabled: true, replicate_frequency: 3600 } });
    expect(await fa2('GET', 'pgroup/fa1:pg', { body: { snap: true, transfer: true } })).toMatchObject({
      json: [
        {
          name: 'fa1:pg.1',
          source: 'fa1:pg',
          started: '2026-01-01T00:00:00Z',
          completed: '2026-01-01T00:00:00Z',
          progress: 1,
          data_transferred: 4096,
        },
      ],
    });
    const parts = await fa2('GET', 'volume/fa1:pg.1', { body: { snap: true, pgroup: true } });
    expect(parts).toMatchObject(
      version === '1.3' ? { json: [{ name: 'fa1:pg.1.v1', source: 'fa1:v1' }] } : { status: 400 },
    );
    expect(
      await fa2('POST', 'volume/v1', { body: { source: 'fa1:pg.1.v1', overwrite: true } }),
    ).toMatchObject({ json: { name: 'v1', size: gibibyte } });
    expect(await firstByte(control, 'fa2', 'v1')).toBe(1);
    const taken = { snap: true, source: ['pg'], suffix: 'two-a', replicate_now: true };
    expect(await fa1('POST', 'pgroup', { body: taken })).toMatchObject({ status: 200 });
    expect(await fa2('GET', 'pgroup', { body: { snap: true } })).toMatchObject({
      json: [{ name: 'fa1:pg.1' }, { name: 'fa1:pg.two-a' }],
    });
    expect(await fa1('PUT', 'pgroup/pg', { body: { remtargetlist: ['fa2'] } })).toMatchObject({
      json: { targets: null },
    });
  });
});

test.runIf(hasDocument('2.56')).each(['2.4', '2.26', '2.56'])('replies conform to %s', async (version) => {
  const { fa1, fa2 } = await twoArrays(version);
  const conforms = async (array: RawClient, method: string, path: string, body?: unknown) => {
    const { status, json } = await array(method, path, body === undefined ? {} : { body });
    expect(status).toBe(200);
    const [plain = ''] = path.split('?');
    expect(replyProblems(version, method, plain, json)).toEqual([]);
  };
  await conforms(fa1, 'POST', target);
  await conforms(fa2, 'PATCH', 'protection-groups/targets?group_names=fa1:pg', { allowed: true });
  await conforms(fa1, 'GET', 'protection-groups/targets');
  await conforms(fa1, 'POST', 'protection-group-snapshots?source_names=pg&replicate_now=true', {});
  for (const path of [
    'protection-groups',
    'protection-groups/targets',
    'protection-group-snapshots',
    'protection-group-snapshots/transfer',
    'volume-snapshots',
    'volume-snapshots/transfer',
    'remote-protection-groups',
    'remote-protection-group-snapshots',
    'remote-protection-group-snapshots/transfer',
  ]) {
    await conforms(fa1, 'GET', path);
    await conforms(fa2, 'GET', path);
  }
  await conforms(fa2, 'GET', 'protection-group-snapshots/transfer?total_only=true');
});
