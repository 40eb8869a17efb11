import { describe, expect, test } from 'vitest';
import { aStretchedPod } from './support/three-arrays.ts';

const gibibyte = 1_073_741_824;
const day = 86_400_000;
const refused = (message: string) => ({ status: 400, json: { errors: [{ message }] } });

describe('loss', () => {
  test('a lost array keeps what it had, and catches up at its return', async () => {
    const { control, fa1, statuses, byte, write } = await aStretchedPod();
    await control.setReplication({ resyncMs: 1000 });
    await control.setArrayDown('fa2', true);
    expect(await statuses('fa1')).toEqual({ fa1: 'online', fa2: 'offline' });
    await write('fa1', 'pod1::v1', 2);
    await fa1('POST', 'volumes?names=pod1::v2', { body: { provisioned: gibibyte } });
    await fa1('PATCH', 'volumes?names=pod1::v1', { body: { name: 'pod1::v0' } });
    expect(await byte('fa2', 'pod1::v1')).toBe(1);
    await control.advance(day);
    await control.setArrayDown('fa2', false);
    expect(await statuses('fa1')).toEqual({ fa1: 'online', fa2: 'resyncing' });
    expect(await byte('fa2', 'pod1::v0')).toBe(1);
    await control.advance(1000);
    expect(await statuses('fa2')).toEqual({ fa1: 'online', fa2: 'online' });
    expect(await byte('fa2', 'pod1::v0')).toBe(2);
    expect((await control.state('fa2')).volumes).toEqual((await control.state('fa1')).volumes);
  });

  test('what is connected on a lost array only can be destroyed, and is connected no longer', async () => {
    const { control, fa1 } = await aStretchedPod();
    await control.admin('fa2', { kind: 'createHost', name: 'h1' });
    await control.admin('fa2', { kind: 'connectVolumeToHost', volume: 'pod1::v1', host: 'h1' });
    await control.setArrayDown('fa2', true);
    expect(await fa1('PATCH', 'volumes?names=pod1::v1', { body: { destroyed: true } })).toMatchObject({
      status: 200,
    });
    expect((await control.state('fa2')).connections).toHaveLength(1);
    await control.setArrayDown('fa2', false);
    expect((await control.state('fa2')).connections).toEqual([]);
  });

  test('an array lost while it resynchronizes begins again', async () => {
    const { control, statuses, byte, write } = await aStretchedPod();
    await control.setReplication({ resyncMs: 1000 });
    await control.setReplicationLink('fa1', 'fa2', 'down');
    await write('fa1', 'pod1::v1', 2);
    await control.setReplicationLink('fa1', 'fa2', 'up');
    await control.advance(600);
    await control.setReplicationLink('fa1', 'fa2', 'down');
    await control.advance(600);
    expect(await byte('fa2', 'pod1::v1')).toBe(1);
    await control.setReplicationLink('fa1', 'fa2', 'up');
    await control.advance(999);
    expect(await statuses('fa1')).toEqual({ fa1: 'online', fa2: 'resyncing' });
    await control.advance(1);
    expect(await byte('fa2', 'pod1::v1')).toBe(2);
  });

  test('cut off from one another, one side goes on and the other refuses changes', async () => {
    const { control, fa2, statuses, byte, write } = await aStretchedPod();
    await control.setReplicationLink('fa1', 'fa2', 'down');
    expect(await statuses('fa1')).toEqual({ fa1: 'online', fa2: 'offline' });
    expect(await statuses('fa2')).toEqual({ fa1: 'unknown', fa2: 'offline' });
    await write('fa1', 'pod1::v1', 2);
    await expect(write('fa2', 'pod1::v1', 9)).rejects.toMatchObject({
      message: 'Pod is not online on this array.',
    });
    expect(await fa2('POST', 'volumes?names=pod1::v2', { body: { provisioned: gibibyte } })).toMatchObject(
      refused('Pod is not online on this array.'),
    );
    expect(await byte('fa2', 'pod1::v1')).toBe(1);
    await control.setReplicationLink('fa1', 'fa2', 'up');
    expect(await statuses('fa2')).toEqual({ fa1: 'online', fa2: 'online' });
    expect(await byte('fa2', 'pod1::v1')).toBe(2);
  });

  test.each([
    ['the preferred array', ['fa2'], [], { fa1: 'offline', fa2: 'online' }],
    ['the one that reaches the mediator', [], ['fa1'], { fa1: 'offline', fa2: 'online' }],
    ['not a preferred one without the mediator', ['fa1'], ['fa1'], { fa1: 'offline', fa2: 'online' }],
    ['the pre-elected one without any mediator', ['fa2'], ['fa1', 'fa2'], { fa1: 'offline', fa2: 'online' }],
  ])('%s goes on', async (_what, preferences, withoutMediator, expected) => {
    const { control, statuses } = await aStretchedPod();
    await control.admin('fa1', { kind: 'setFailoverPreferences', pod: 'pod1', arrays: preferences });
    for (const array of withoutMediator) await control.setMediator(array, false);
    await control.setReplicationLink('fa1', 'fa2', 'down');
    expect(await statuses('fa2')).toEqual(expected);
  });

  test('none goes on when the pre-elected one is lost and there is no mediator', async () => {
    const { control, statuses, byte, write } = await aStretchedPod();
    for (const array of ['fa1', 'fa2']) await control.setMediator(array, false);
    expect((await control.state('fa2')).pods[0]?.arrays[0]?.mediatorStatus).toBe('unreachable');
    await control.setArrayDown('fa1', true);
    expect(await statuses('fa2')).toEqual({ fa1: 'unknown', fa2: 'offline' });
    await expect(write('fa2', 'pod1::v1', 2)).rejects.toMatchObject({ code: 'refused' });
    await control.setMediator('fa2', true);
    expect(await statuses('fa2')).toEqual({ fa1: 'offline', fa2: 'online' });
    await write('fa2', 'pod1::v1', 2);
    await control.setArrayDown('fa1', false);
    expect(await byte('fa1', 'pod1::v1')).toBe(2);
  });

  test('a stale array does not take over when the other one is lost too', async () => {
    const { control, statuses, write, byte } = await aStretchedPod();
    await control.setArrayDown('fa2', true);
    await write('fa1', 'pod1::v1', 2);
    await control.setArrayDown('fa1', true);
    await control.setArrayDown('fa2', false);
    expect(await statuses('fa2')).toEqual({ fa1: 'unknown', fa2: 'offline' });
    await control.setArrayDown('fa1', false);
    expect(await statuses('fa2')).toEqual({ fa1: 'online', fa2: 'online' });
    expect(await byte('fa2', 'pod1::v1')).toBe(2);
  });
});

test('a group in a stretched pod replicates to a third array, from whichever array is left', async () => {
  const { control, fa1, fa2, fa3, byte, write } = await aStretchedPod();
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pod1::pg', volumes: ['pod1::v1'] });
  await fa1('POST', 'protection-groups/targets?group_names=pod1::pg&member_names=fa3');
  expect(await fa3('GET', 'protection-groups')).toMatchObject({
    json: { items: [{ name: 'pod1:pg', is_local: false, source: { name: 'pod1' } }] },
  });
  await fa3('PATCH', 'protection-groups/targets?group_names=pod1:pg', { body: { allowed: true } });
  expect(await fa2('GET', 'protection-groups/targets')).toMatchObject({
    json: { items: [{ allowed: true, group: { name: 'pod1::pg' }, member: { name: 'fa3' } }] },
  });
  await fa1('PATCH', 'protection-groups?names=pod1::pg', {
    body: { replication_schedule: { enabled: true, frequency: 3_600_000 } },
  });
  await control.setArrayDown('fa1', true);
  await write('fa2', 'pod1::v1', 2);
  await control.advance(3_600_000);
  expect((await control.state('fa3')).snapshots).toMatchObject([
    { name: 'pod1:pg.1.v1', source: 'pod1:v1' },
    { name: 'pod1:pg.2.v1' },
  ]);
  expect([await byte('fa3', 'pod1:pg.1.v1'), await byte('fa3', 'pod1:pg.2.v1')]).toEqual([1, 2]);
  await control.setArrayDown('fa1', false);
  expect((await control.state('fa1')).snapshots).toEqual((await control.state('fa2')).snapshots);
  expect(await fa2('GET', 'protection-group-snapshots/transfer?names=pod1::pg')).toMatchObject({
    json: {
      items: [
        { name: 'pod1::pg.1', progress: 1 },
        { name: 'pod1::pg.2', progress: 1 },
      ],
    },
  });
});
