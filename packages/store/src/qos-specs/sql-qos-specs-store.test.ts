import { expect, test } from 'vitest';
import { aStore, id } from '../../test/fixtures.ts';

const gold = { id: id(1), name: 'gold', consumer: 'back-end', specs: { maxIOPS: '500' } } as const;

test('QoS specs are rows of keys, with a name of their own', async () => {
  const { store } = await aStore();
  expect(await store.qosSpecs.insert(gold)).toMatchObject({ kind: 'created', specs: gold });
  expect(await store.qosSpecs.insert({ ...gold, id: id(2) })).toEqual({ kind: 'name-taken' });
  expect(await store.qosSpecs.get(id(1))).toMatchObject(gold);
  expect(await store.qosSpecs.get(id(9))).toBeNull();
  await store.qosSpecs.insert({ ...gold, id: id(3), name: 'silver', consumer: 'both', specs: {} });
  expect((await store.qosSpecs.list()).map(({ name }) => name)).toEqual(['gold', 'silver']);
});

test('QoS specs merge keys, lose them all or none, and are deleted with them', async () => {
  const { store } = await aStore();
  await store.qosSpecs.insert(gold);
  expect(await store.qosSpecs.update(id(1), { consumer: 'both', specs: { maxBWS: '10' } })).toBe(true);
  expect(await store.qosSpecs.update(id(9), { specs: {} })).toBe(false);
  const changed = { consumer: 'both', specs: { maxBWS: '10', maxIOPS: '500' } };
  expect(await store.qosSpecs.get(id(1))).toMatchObject(changed);
  expect(await store.qosSpecs.deleteKeys(id(1), ['maxIOPS', 'colour'])).toEqual(['colour']);
  expect(await store.qosSpecs.get(id(1))).toMatchObject(changed);
  expect(await store.qosSpecs.deleteKeys(id(1), ['maxIOPS'])).toEqual([]);
  expect((await store.qosSpecs.get(id(1)))?.specs).toEqual({ maxBWS: '10' });
  expect(await store.qosSpecs.delete(id(1))).toBe(true);
  expect(await store.qosSpecs.delete(id(1))).toBe(false);
  expect(await store.qosSpecs.list()).toEqual([]);
  expect(await store.qosSpecs.insert({ ...gold, id: id(2) })).toMatchObject({ kind: 'created' });
});

test('volume types are associated with QoS specs', async () => {
  const { store } = await aStore();
  await store.qosSpecs.insert(gold);
  const type = { name: 'fast', description: null, isPublic: true, extraSpecs: {} };
  await store.volumeTypes.insert({ id: id(5), ...type });
  expect(await store.volumeTypes.setQosSpecs(id(5), id(1))).toBe(true);
  expect(await store.volumeTypes.setQosSpecs(id(6), id(1))).toBe(false);
  expect((await store.volumeTypes.withQosSpecs(id(1))).map(({ name }) => name)).toEqual(['fast']);
  expect((await store.volumeTypes.get(id(5)))?.qosSpecsId).toBe(id(1));
  await store.volumeTypes.setQosSpecs(id(5), null);
  expect(await store.volumeTypes.withQosSpecs(id(1))).toEqual([]);
});
