import { describe, expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const refused = (message: string, context: string | null) => ({
  status: 400,
  json: { errors: [{ context, message }] },
});

describe('volumes', () => {
  test('a volume is made, grown, renamed, destroyed, recovered and eradicated', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    const made = await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    expect(made).toMatchObject({
      status: 200,
      json: {
        items: [
          {
            name: 'v1',
            provisioned: gibibyte,
            destroyed: false,
            time_remaining: null,
            created: 1_767_225_600_000,
            connection_count: 0,
            source: { id: null, name: null },
            qos: { bandwidth_limit: null, iops_limit: null },
          },
        ],
      },
    });
    const grown = { body: { provisioned: 2 * gibibyte } };
    expect(await call('PATCH', 'volumes?names=V1', grown)).toMatchObject({
      json: { items: [{ name: 'v1', provisioned: 2_147_483_648 }] },
    });
    expect(await call('PATCH', 'volumes?names=v1', { body: { name: 'v2' } })).toMatchObject({
      json: { items: [{ name: 'v2' }] },
    });
    const destroy = { body: { destroyed: true } };
    expect(await call('DELETE', 'volumes?names=v2')).toMatchObject(refused('Volume is not destroyed.', 'v2'));
    expect(await call('PATCH', 'volumes?names=v2', destroy)).toMatchObject({
      json: { items: [{ destroyed: true, time_remaining: 86_400_000 }] },
    });
    expect(await call('PATCH', 'volumes?names=v2', destroy)).toMatchObject(
      refused('Volume has been deleted.', 'v2'),
    );
    expect(await call('POST', 'volumes?names=v2', { body: {} })).toMatchObject(
      refused('Volume already exists.', 'v2'),
    );
    expect(await call('PATCH', 'volumes?names=v2', { body: { destroyed: false } })).toMatchObject({
      json: { items: [{ destroyed: false }] },
    });
    await call('PATCH', 'volumes?names=v2', destroy);
    expect(await call('DELETE', 'volumes?names=v2')).toMatchObject({ status: 200, text: '' });
    expect(await call('GET', 'volumes?names=v2')).toMatchObject(refused('Volume does not exist.', 'v2'));
  });

  test('less than 1 MiB is refused, and a change of nothing but the source as well', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    expect(await call('POST', 'volumes?names=v1', { body: { provisioned: 512 } })).toMatchObject(
      refused('Invalid volume size.', 'v1'),
    );
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    const body = { source: { name: 'v1' } };
    expect(await call('PATCH', 'volumes?names=v1', { body })).toMatchObject(
      refused('No attribute specified.', null),
    );
  });

  test('every failing name has an error of its own', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    expect(await call('GET', 'volumes?names=a1,b1')).toMatchObject({
      status: 400,
      json: {
        errors: [
          { context: 'a1', message: 'Volume does not exist.' },
          { context: 'b1', message: 'Volume does not exist.' },
        ],
      },
    });
  });

  test('a bad value in a PATCH leaves the volume as it was', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    const body = { provisioned: 2 * gibibyte, qos: { iops_limit: 99 } };
    expect(await call('PATCH', 'volumes?names=v1', { body })).toMatchObject(
      refused('Invalid IOPS limit.', 'v1'),
    );
    expect((await control.state('fa1')).volumes[0]?.size).toBe(1_073_741_824);
  });

  test('limits are cleared by an empty text', async () => {
    const call = await (await aRunningArray()).rest2('2.4');
    await call('POST', 'volumes?names=v1', {
      body: { qos: { iops_limit: 500, bandwidth_limit: 1_048_576 } },
    });
    expect(await call('PATCH', 'volumes?names=v1', { body: { qos: { iops_limit: '' } } })).toMatchObject({
      json: { items: [{ qos: { iops_limit: null, bandwidth_limit: 1_048_576 } }] },
    });
  });

  test('shrinking needs truncate and leaves an undo snapshot, destroyed', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: 2 * gibibyte } });
    const body = { provisioned: gibibyte };
    expect(await call('PATCH', 'volumes?names=v1', { body })).toMatchObject(
      refused('Implicit truncation not permitted.', 'v1'),
    );
    expect(await call('PATCH', 'volumes?names=v1&truncate=true', { body })).toMatchObject({ status: 200 });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: true, size: 2_147_483_648 }]);
  });

  test('a copy holds the data of its source; an overwrite keeps serial, name and connections', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    await control.writeVolume('fa1', 'v1', 4096, Uint8Array.of(1, 2, 3));
    await call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    await control.writeVolume('fa1', 'v1', 4096, Uint8Array.of(9, 9, 9));
    await control.admin('fa1', { kind: 'createHost', name: 'h1', iqns: ['iqn.2024-01.example:a'] });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    const [before] = (await control.state('fa1')).volumes;
    const copy = await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1.s1' } } });
    expect(copy).toMatchObject({ json: { items: [{ name: 'v2', source: { name: 'v1' } }] } });
    expect([...(await control.readVolume('fa1', 'v2', 4096, 3))]).toEqual([1, 2, 3]);
    await call('POST', 'volumes?names=v1&overwrite=true', { body: { source: { name: 'v1.s1' } } });
    expect([...(await control.readVolume('fa1', 'v1', 4096, 3))]).toEqual([1, 2, 3]);
    const [after] = (await control.state('fa1')).volumes;
    expect(after).toMatchObject({ serial: before?.serial, connectionCount: 1, source: null });
  });

  test('a connected volume cannot be destroyed', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    expect(await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } })).toMatchObject(
      refused('Volume cannot be destroyed due to existing connections.', 'v1'),
    );
  });

  test('an array told to destroys a connected volume, and counts its connections in the answer', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    await control.admin('fa1', { kind: 'setDestroysConnected', enabled: true });
    expect(await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } })).toMatchObject({
      status: 200,
      json: { items: [{ name: 'v1', destroyed: true, connection_count: 1 }] },
    });
  });

  test('a volume joins the default protection groups unless told not to', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'setDefaultProtection', protectionGroups: ['pgroup-auto'] });
    await call('POST', 'volumes?names=v1', { body: {} });
    await call('POST', 'volumes?names=v2&with_default_protection=false', { body: {} });
    expect((await control.state('fa1')).protectionGroups).toMatchObject([
      { name: 'pgroup-auto', volumes: ['v1'] },
    ]);
  });
});

describe('snapshots', () => {
  test('they are destroyed and recovered with their volume, and keep their names until eradicated', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    const take = () => call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    expect(await take()).toMatchObject({ json: { items: [{ name: 'v1.s1', suffix: 's1' }] } });
    expect(await take()).toMatchObject({ status: 400 });
    await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: true }]);
    await call('PATCH', 'volumes?names=v1', { body: { destroyed: false } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: false }]);
    await call('PATCH', 'volume-snapshots?names=v1.s1', { body: { destroyed: true } });
    const text =
      'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.';
    expect(await call('PATCH', 'volume-snapshots?names=v1.s1', { body: { destroyed: true } })).toMatchObject(
      refused(text, 'v1.s1'),
    );
    expect(await call('PATCH', 'volume-snapshots?names=v1.s9', { body: { destroyed: true } })).toMatchObject(
      refused('No such volume or snapshot.', 'v1.s9'),
    );
    await control.advance(86_400_000);
    expect((await control.state('fa1')).snapshots).toEqual([]);
  });

  test('they follow the name of their volume', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    await call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    await call('PATCH', 'volumes?names=v1', { body: { name: 'v2' } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ name: 'v2.s1', source: 'v2' }]);
  });
});

describe('space and performance', () => {
  test('used space follows from what volumes hold; copies are reduction', async () => {
    const { rest2, control } = await aRunningArray({ capacity: 1_099_511_627_776 });
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    await control.writeVolume('fa1', 'v1', 0, new Uint8Array(1_048_576).fill(1));
    await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1' } } });
    expect(await call('GET', 'arrays/space')).toMatchObject({
      json: {
        items: [
          {
            capacity: 1_099_511_627_776,
            space: {
              total_physical: 1_048_576,
              total_used: 1_048_576,
              shared: 1_048_576,
              unique: 0,
              total_provisioned: 2_147_483_648,
              data_reduction: 2,
            },
          },
        ],
      },
    });
  });

  test('an Evergreen//One array tells no reductions', async () => {
    const call = await (await aRunningArray({ evergreenOne: true })).rest2('2.26');
    const { json } = await call('GET', 'arrays/space');
    expect(json).toMatchObject({ items: [{ space: { total_provisioned: null, used_provisioned: 0 } }] });
    expect(JSON.stringify(json)).not.toContain('reduction');
  });

  test('samples of a window come oldest first; without samples there are none', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    const start = 1_767_225_600_000;
    const samples = [60_000, 30_000, 7_200_000].map((after) => ({ time: start + after, readsPerSec: after }));
    await control.admin('fa1', { kind: 'setPerformanceSamples', samples });
    const path = `arrays/performance?start_time=${start}&end_time=${start + 3_600_000}&resolution=30000`;
    expect(await call('GET', path)).toMatchObject({
      json: { items: [{ reads_per_sec: 30_000 }, { reads_per_sec: 60_000 }] },
    });
    await control.admin('fa1', { kind: 'setPerformanceSamples', samples: [] });
    expect(await call('GET', `${path}&total_item_count=true`)).toMatchObject({
      json: { items: [], total_item_count: 0 },
    });
  });
});
