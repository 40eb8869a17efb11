import { describe, expect, test } from 'vitest';
import { hasDocument, replyProblems } from './support/openapi.ts';
import { aStretchedPod, stretch, threeArrays } from './support/three-arrays.ts';

const gibibyte = 1_073_741_824;
const day = 86_400_000;
const refused = (message: string) => ({ status: 400, json: { errors: [{ message }] } });
const isRefused = (message: RegExp) => ({
  status: 400,
  json: { errors: [{ message: expect.stringMatching(message) }] },
});

describe('stretching', () => {
  test('the content is on both arrays, the same, and takes its time to get there', async () => {
    const { control, fa1, fa2, statuses, byte, write } = await threeArrays();
    await control.setReplication({ resyncMs: 10_000 });
    await fa1('POST', 'pods?names=pod1', { body: {} });
    await fa1('POST', 'volumes?names=pod1::v1', { body: { provisioned: gibibyte } });
    await write('fa1', 'pod1::v1', 1);
    expect(await fa1('POST', stretch)).toMatchObject({
      json: { items: [{ group: { name: 'pod1' }, member: { name: 'fa2' } }] },
    });
    await control.advance(2500);
    expect(await fa1('GET', 'pods?names=pod1')).toMatchObject({
      json: {
        items: [
          {
            array_count: 2,
            mediator: 'purestorage',
            arrays: [
              { name: 'fa1', status: 'online', progress: null, mediator_status: 'online' },
              { name: 'fa2', status: 'resyncing', progress: 0.25, frozen_at: expect.any(Number) },
            ],
          },
        ],
      },
    });
    const volume = (answer: { readonly json: unknown }) => answer.json;
    const shown = volume(await fa2('GET', 'volumes?names=pod1::v1'));
    expect(shown).toMatchObject({ items: [{ provisioned: gibibyte }] });
    expect(await byte('fa2', 'pod1::v1')).toBe(0);
    await expect(write('fa2', 'pod1::v1', 9)).rejects.toMatchObject({ code: 'refused' });
    await write('fa1', 'pod1::v1', 2);
    await control.advance(7500);
    expect(await statuses('fa2')).toEqual({ fa1: 'online', fa2: 'online' });
    expect(await byte('fa2', 'pod1::v1')).toBe(2);
    const [one, two] = [await control.state('fa1'), await control.state('fa2')];
    expect(two.volumes).toEqual(one.volumes);
    await write('fa2', 'pod1::v1', 3);
    expect(await byte('fa1', 'pod1::v1')).toBe(3);
  });

  test('what cannot be stretched is refused', async () => {
    const { control, fa1, fa2 } = await aStretchedPod();
    expect(await fa1('POST', stretch)).toMatchObject(isRefused(/already exists/));
    expect(await fa1('POST', 'pods/arrays?group_names=pod1&member_names=fa3')).toMatchObject(
      isRefused(/limit reached/),
    );
    await fa1('POST', 'pods?names=pod2', { body: {} });
    expect(await fa2('POST', 'pods?names=pod2', { body: {} })).toMatchObject(refused('Pod already exists.'));
    expect(await fa1('POST', 'pods/arrays?group_names=pod2&member_names=fa3')).toMatchObject(
      refused('Array is not connected for synchronous replication.'),
    );
    expect(await fa1('POST', 'pods/arrays?group_names=pod2&member_names=fa9')).toMatchObject(
      refused('Array does not exist.'),
    );
    await control.setReplicationLink('fa1', 'fa2', 'down');
    expect(await fa1('POST', 'pods/arrays?group_names=pod2&member_names=fa2')).toMatchObject(
      refused('Array is not connected.'),
    );
    // A pod of the same name, made while nobody could see it, destroyed or not.
    await fa2('POST', 'pods?names=pod2', { body: {} });
    await fa2('PATCH', 'pods?names=pod2', { body: { destroyed: true } });
    await control.setReplicationLink('fa1', 'fa2', 'up');
    expect(await fa1('POST', 'pods/arrays?group_names=pod2&member_names=fa2')).toMatchObject(
      refused('Pod name is in use on the other array.'),
    );
    expect(await fa1('PATCH', 'pods?names=pod1', { body: { destroyed: true } })).toMatchObject(
      refused('Pod is stretched.'),
    );
  });

  test('whatever is done in the pod on one array is done on both', async () => {
    const { control, fa1, fa2, byte } = await aStretchedPod();
    const same = async () => {
      const [one, two] = [await control.state('fa1'), await control.state('fa2')];
      for (const kind of ['volumes', 'snapshots', 'volumeGroups', 'protectionGroups'] as const) {
        expect(two[kind]).toEqual(one[kind]);
      }
      expect(two.tags).toEqual(one.tags);
      return two;
    };
    await fa2('POST', 'volumes?names=pod1::v2', { body: { source: { name: 'pod1::v1' } } });
    await fa1('POST', 'volume-snapshots?source_names=pod1::v2', { body: {} });
    await fa2('POST', 'volume-snapshots?source_names=pod1::v2', { body: {} });
    await fa2('PATCH', 'volumes?names=pod1::v2', { body: { name: 'pod1::v3' } });
    await fa1('POST', 'volume-groups?names=pod1::vg', { body: {} });
    await fa1('PATCH', 'volumes?names=pod1::v3', { body: { volume_group: { name: 'pod1::vg' } } });
    await fa2('PUT', 'volumes/tags/batch?resource_names=pod1::v1', {
      body: [{ namespace: 'ns', key: 'k', value: 'x' }],
    });
    await fa2('POST', 'protection-groups?names=pod1::pg', { body: {} });
    await fa1('POST', 'protection-groups/volumes?group_names=pod1::pg&member_names=pod1::v1');
    await fa2('POST', 'protection-group-snapshots?source_names=pod1::pg', { body: { suffix: 'one-a' } });
    expect(await same()).toMatchObject({
      volumes: [{ name: 'pod1::v1' }, { name: 'pod1::vg/v3' }],
      tags: [{ key: 'k' }],
      protectionGroups: [{ name: 'pod1::pg', volumes: ['pod1::v1'] }],
      snapshots: [{ name: 'pod1::pg.one-a.v1' }, { name: 'pod1::vg/v3.1' }, { name: 'pod1::vg/v3.2' }],
    });
    expect(await byte('fa1', 'pod1::vg/v3')).toBe(1);
    await fa1('DELETE', 'volumes/tags?resource_names=pod1::v1&namespaces=ns&keys=k');
    await fa1('PATCH', 'volumes?names=pod1::vg/v3', { body: { destroyed: true } });
    expect((await same()).tags).toEqual([]);
    expect(await fa2('DELETE', 'volumes?names=pod1::vg/v3')).toMatchObject({ status: 200 });
    expect((await same()).volumes).toMatchObject([{ name: 'pod1::v1' }]);
    await fa1('POST', 'volumes?names=pod1::v4', { body: { provisioned: gibibyte } });
    await fa2('PATCH', 'volumes?names=pod1::v4', { body: { destroyed: true } });
    await control.advance(day);
    expect((await same()).volumes).toMatchObject([{ name: 'pod1::v1' }]);
  });

  test('a renamed pod keeps what is in it, on both arrays', async () => {
    const { control, fa1, fa2, byte } = await aStretchedPod();
    await control.admin('fa1', { kind: 'createSnapshot', volume: 'pod1::v1', suffix: 's1' });
    expect(await fa2('PATCH', 'pods?names=pod1', { body: { name: 'pod2' } })).toMatchObject({
      json: { items: [{ name: 'pod2', array_count: 2 }] },
    });
    for (const array of ['fa1', 'fa2']) {
      expect(await control.state(array)).toMatchObject({
        pods: [{ name: 'pod2' }],
        volumes: [{ name: 'pod2::v1' }],
        snapshots: [{ name: 'pod2::v1.s1' }],
      });
    }
    await control.writeVolume('fa1', 'pod2::v1', 0, Uint8Array.of(4));
    expect(await byte('fa2', 'pod2::v1')).toBe(4);
    expect(await fa1('POST', 'pods?names=pod1', { body: {} })).toMatchObject({ status: 200 });
  });

  test('hosts and connections are of one array; a volume connected anywhere cannot be destroyed', async () => {
    const { control, fa1, fa2 } = await aStretchedPod();
    await control.admin('fa2', { kind: 'createHost', name: 'h1' });
    await control.admin('fa2', { kind: 'connectVolumeToHost', volume: 'pod1::v1', host: 'h1' });
    expect((await control.state('fa1')).hosts).toEqual([]);
    expect((await control.state('fa1')).connections).toEqual([]);
    const destroy = { body: { destroyed: true } };
    expect(await fa1('PATCH', 'volumes?names=pod1::v1', destroy)).toMatchObject(
      refused('Volume cannot be destroyed due to existing connections.'),
    );
    await fa2('DELETE', 'connections?volume_names=pod1::v1&host_names=h1');
    expect(await fa1('PATCH', 'volumes?names=pod1::v1', destroy)).toMatchObject({ status: 200 });
  });
});

describe('unstretching', () => {
  test('leaves a destroyed copy on the far array for the eradication period', async () => {
    const { control, fa1, fa2, byte, write } = await aStretchedPod();
    expect(await fa1('DELETE', stretch)).toMatchObject({ status: 200 });
    await write('fa1', 'pod1::v1', 2);
    expect(await fa2('GET', 'pods')).toMatchObject({
      json: { items: [{ name: 'pod1.restretch', destroyed: true, time_remaining: day }] },
    });
    expect(await byte('fa2', 'pod1.restretch::v1')).toBe(1);
    expect(await fa2('PATCH', 'pods?names=pod1.restretch', { body: { destroyed: false } })).toMatchObject(
      refused('Pod cannot be recovered.'),
    );
    const clone = { body: { source: { name: 'pod1.restretch' } } };
    expect(await fa2('POST', 'pods?names=saved', clone)).toMatchObject({
      json: { items: [{ name: 'saved', source: { name: 'pod1.restretch' }, destroyed: false }] },
    });
    expect(await byte('fa2', 'saved::v1')).toBe(1);
    await fa2('PATCH', 'pods?names=saved&destroy_contents=true', { body: { destroyed: true } });
    await fa2('DELETE', 'pods?names=saved&eradicate_contents=true');
    expect(await fa1('GET', 'pods?names=pod1')).toMatchObject({ json: { items: [{ array_count: 1 }] } });
    expect(await fa1('DELETE', stretch)).toMatchObject(isRefused(/could not be found/));
    await control.advance(day);
    expect(await fa2('GET', 'pods')).toMatchObject({ json: { items: [] } });
    expect((await control.state('fa2')).volumes).toEqual([]);
    expect((await control.state('fa1')).volumes).toMatchObject([{ name: 'pod1::v1', destroyed: false }]);
  });

  test('stretching again uses that copy up', async () => {
    const { fa1, control, byte, write } = await aStretchedPod();
    await fa1('DELETE', stretch);
    await write('fa1', 'pod1::v1', 2);
    await fa1('POST', stretch);
    expect((await control.state('fa2')).pods).toMatchObject([{ name: 'pod1', destroyed: false }]);
    expect(await byte('fa2', 'pod1::v1')).toBe(2);
  });

  test('an array that cannot be reached is taken out only by force, and finds out later', async () => {
    const { control, fa1, statuses } = await aStretchedPod();
    await control.setArrayDown('fa2', true);
    expect(await fa1('DELETE', stretch)).toMatchObject(refused('Array is not connected.'));
    expect(await fa1('DELETE', `${stretch}&with_unknown=true`)).toMatchObject({ status: 200 });
    expect(await statuses('fa1')).toEqual({ fa1: 'online' });
    expect((await control.state('fa2')).pods).toMatchObject([{ name: 'pod1' }]);
    await control.setArrayDown('fa2', false);
    expect((await control.state('fa2')).pods).toMatchObject([{ name: 'pod1.restretch', destroyed: true }]);
  });
});

describe('moves', () => {
  const toPod = (name: string) => ({ body: { pod: { name } } });

  test('a volume enters and leaves a stretched pod only by way of a pod on the same arrays', async () => {
    const { control, fa1, byte } = await aStretchedPod();
    await control.admin('fa1', { kind: 'createVolume', name: 'v7', size: gibibyte });
    expect(await fa1('PATCH', 'volumes?names=v7', toPod('pod1'))).toMatchObject(refused('Pod is stretched.'));
    expect(await fa1('PATCH', 'volumes?names=pod1::v1', toPod(''))).toMatchObject(
      refused('Pod is stretched.'),
    );
    await control.admin('fa1', { kind: 'createPod', name: 'ghost' });
    expect(await fa1('PATCH', 'volumes?names=v7', toPod('ghost'))).toMatchObject({
      json: { items: [{ name: 'ghost::v7', pod: { name: 'ghost' } }] },
    });
    expect(await fa1('PATCH', 'volumes?names=ghost::v7', toPod('pod1'))).toMatchObject(
      refused('Pod is stretched.'),
    );
    await control.admin('fa1', { kind: 'stretchPod', pod: 'ghost', array: 'fa2' });
    expect(await fa1('PATCH', 'volumes?names=ghost::v7', toPod('pod1'))).toMatchObject({ status: 200 });
    expect((await control.state('fa2')).volumes).toMatchObject([{ name: 'pod1::v1' }, { name: 'pod1::v7' }]);
    expect(await fa1('PATCH', 'volumes?names=pod1::v1', toPod('ghost'))).toMatchObject({ status: 200 });
    await control.admin('fa1', { kind: 'unstretchPod', pod: 'ghost', array: 'fa2' });
    expect(await fa1('PATCH', 'volumes?names=ghost::v1', toPod(''))).toMatchObject({
      json: { items: [{ name: 'v1' }] },
    });
    expect(await byte('fa1', 'v1')).toBe(1);
    await fa1('PATCH', 'pods?names=ghost', { body: { destroyed: true } });
    expect(await fa1('DELETE', 'pods?names=ghost')).toMatchObject({ status: 200 });
    expect((await control.state('fa2')).volumes).toMatchObject([
      { name: 'ghost.restretch::v1', destroyed: true },
      { name: 'pod1::v7', destroyed: false },
    ]);
  });

  test('a volume leaves all its protection groups, or stays', async () => {
    const { control, fa1 } = await threeArrays();
    await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    for (const name of ['pg1', 'pg2']) {
      await control.admin('fa1', { kind: 'createProtectionGroup', name, volumes: ['v1'] });
    }
    const move = (query: string) => fa1('PATCH', `volumes?names=v1${query}`, toPod('pod1'));
    expect(await move('')).toMatchObject(isRefused(/belongs to protection group/));
    expect(await move('&remove_from_protection_group_names=pg1')).toMatchObject(
      isRefused(/belongs to protection group/),
    );
    const members = async () => (await control.state('fa1')).protectionGroups.map(({ volumes }) => volumes);
    expect(await members()).toEqual([['v1'], ['v1']]);
    expect(await move('&remove_from_protection_group_names=pg1,pg2')).toMatchObject({
      json: { items: [{ name: 'pod1::v1' }] },
    });
    expect(await members()).toEqual([[], []]);
    await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pod1::pg' });
    const add = (group: string) =>
      fa1('POST', `protection-groups/volumes?group_names=${group}&member_names=pod1::v1`);
    expect(await add('pg1')).toMatchObject(refused('Volume and protection group are not in the same pod.'));
    expect(await add('pod1::pg')).toMatchObject({ status: 200 });
  });
});

describe('REST 1', () => {
  test('stretches, shows and unstretches', async () => {
    const { fleet, control } = await threeArrays();
    const [fa1, fa2] = [await fleet.array('fa1').rest1('1.19'), await fleet.array('fa2').rest1('1.13')];
    await fa1('POST', 'pod/pod1');
    await fa1('POST', 'volume/pod1::v1', { body: { size: gibibyte } });
    expect(await fa1('POST', 'pod/pod1/array/fa2')).toMatchObject({ status: 200 });
    expect((await fa1('POST', 'pod/pod1/array/fa2')).text).toContain('already exists');
    expect((await fa1('POST', 'pod/pod1/array/fa3')).text).toContain('limit reached');
    expect(await fa2('GET', 'pod/pod1')).toMatchObject({
      json: {
        arrays: [
          { name: 'fa1', status: 'online', mediator_status: 'online' },
          { name: 'fa2', status: 'online', mediator_status: 'online' },
        ],
      },
    });
    expect(await fa2('GET', 'volume/pod1::v1')).toMatchObject({
      json: { serial: (await control.state('fa1')).volumes[0]?.serial },
    });
    expect(await fa1('PUT', 'volume/pod1::v1', { body: { container: '' } })).toMatchObject({
      json: [{ msg: 'Pod is stretched.' }],
    });
    expect(await fa1('PUT', 'pod/pod1', { body: { failover_preference: ['fa2'] } })).toMatchObject({
      status: 200,
    });
    expect(await fa1('GET', 'pod', { body: { failover_preference: true } })).toMatchObject({
      json: [{ name: 'pod1', failover_preference: ['fa2'] }],
    });
    expect(await fa1('DELETE', 'pod/pod1/array/fa2')).toMatchObject({ status: 200 });
    expect(await fa2('GET', 'pod', { body: { pending_only: true } })).toMatchObject({
      json: [{ name: 'pod1.restretch', time_remaining: 86_400 }],
    });
    expect(await fa1('PUT', 'volume/pod1::v1', { body: { container: '' } })).toMatchObject({
      json: { name: 'v1' },
    });
  });
});

test.runIf(hasDocument('2.56')).each(['2.4', '2.26', '2.56'])('replies conform to %s', async (version) => {
  const { fa1, fa2 } = await aStretchedPod(version);
  const paths = ['pods', 'pods/arrays', ...(version === '2.56' ? ['pods/members'] : [])];
  for (const array of [fa1, fa2]) {
    for (const path of paths) {
      const { status, json } = await array('GET', path);
      expect(status).toBe(200);
      expect(replyProblems(version, 'GET', path, json)).toEqual([]);
    }
  }
});
