import { expect, test } from 'vitest';
import { aStore, id, projectA, projectB } from '../../test/fixtures.ts';
import type { MessageRecord } from '../records.ts';

function aMessage(number: number, projectId = projectA): Omit<MessageRecord, 'createdAt'> {
  return {
    id: id(number),
    projectId,
    requestId: `req-${id(5)}`,
    resourceType: 'VOLUME',
    resourceUuid: id(1),
    eventId: 'VOLUME_VOLUME_008_012',
    actionId: '008',
    detailId: '012',
    messageLevel: 'ERROR',
    expiresAt: new Date('2026-12-21T00:00:00.000Z'),
  };
}

test('messages of a project come newest first, until they are deleted', async () => {
  const { store, clock } = await aStore();
  const first = await store.messages.insert(aMessage(12));
  clock.advance(1);
  const second = await store.messages.insert(aMessage(11));
  const foreign = await store.messages.insert(aMessage(13, projectB));
  expect(first).toEqual({ ...aMessage(12), createdAt: new Date('2026-11-21T00:00:00.000Z') });
  expect(await store.messages.get(id(12))).toEqual(first);
  expect(await store.messages.list(projectA)).toEqual([second, first]);
  expect(await store.messages.list(null)).toEqual([foreign, second, first]);
  expect(await store.messages.delete(id(11))).toBe(true);
  expect(await store.messages.delete(id(11))).toBe(false);
  expect(await store.messages.get(id(11))).toBeNull();
  expect(await store.messages.list(projectA)).toEqual([first]);
});

test('messages go when their time is over', async () => {
  const { store, clock } = await aStore();
  await store.messages.insert(aMessage(11));
  const lasting = await store.messages.insert({ ...aMessage(12), expiresAt: null });
  clock.advance(Date.parse('2026-12-21T00:00:00.000Z') - clock.now());
  expect(await store.messages.deleteExpired()).toBe(0);
  clock.advance(1);
  expect(await store.messages.deleteExpired()).toBe(1);
  expect(await store.messages.list(null)).toEqual([lasting]);
  expect(await store.messages.deleteExpired()).toBe(0);
});
