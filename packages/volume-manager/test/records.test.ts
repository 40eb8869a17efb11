import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { context, type RunningManager, runManager, serviceOf, volumeRequest } from './running-manager.ts';

/** What only the records know, and no array is asked for: on the real service and its database. */

let running: RunningManager | undefined;

beforeAll(async () => {
  running = await runManager();
});

afterAll(async () => {
  await running?.close();
});

const service = () => serviceOf(running);

async function aVolume(metadata: Readonly<Record<string, string>>): Promise<string> {
  const { volumes, idle } = service();
  const { id } = await volumes.create(context, volumeRequest({ metadata }));
  await idle();
  return id;
}

async function aSnapshot(metadata: Readonly<Record<string, string>>): Promise<string> {
  const { snapshots, idle } = service();
  const { id } = await snapshots.create(context, {
    volumeId: await aVolume({}),
    displayName: null,
    displayDescription: null,
    metadata,
    force: false,
  });
  await idle();
  return id;
}

describe.each([
  ['a volume', () => service().volumes, aVolume],
  ['a snapshot', () => service().snapshots, aSnapshot],
] as const)('metadata of %s', (_what, operations, made) => {
  /** Without those that the driver has written: where the object is on the array. */
  const own = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith('array_')));
  const metadata = async (id: string) => own((await operations().get(context, id)).metadata);

  test('are merged or replaced, and told as they are kept', async () => {
    const id = await made({ rack: '1', owner: 'ann' });
    const merged = { rack: '2', owner: 'ann', tier: 'gold' };
    const told = await operations().setMetadata(context, id, { rack: '2', tier: 'gold' }, 'merge');
    expect(own(told)).toEqual(merged);
    expect(await metadata(id)).toEqual(merged);
    expect(await operations().setMetadata(context, id, { rack: '3' }, 'replace')).toEqual({ rack: '3' });
    expect(await metadata(id)).toEqual({ rack: '3' });
    await operations().update(context, id, { displayName: 'new', metadata: { shelf: '4' } });
    expect(await operations().get(context, id)).toMatchObject({
      displayName: 'new',
      metadata: { shelf: '4' },
    });
  });

  test('go one by one, and a key that is not there is said', async () => {
    const id = await made({ rack: '1', owner: 'ann' });
    await operations().deleteMetadata(context, id, 'rack');
    expect(await metadata(id)).toEqual({ owner: 'ann' });
    await expect(operations().deleteMetadata(context, id, 'rack')).rejects.toMatchObject({
      code: 'key-not-found',
    });
    expect(await metadata(id)).toEqual({ owner: 'ann' });
  });

  test.each([
    ['an empty key', { '': 'x' }],
    ['a key of 256 characters', { ['k'.repeat(256)]: 'x' }],
    ['a value of 256 characters', { rack: 'x'.repeat(256) }],
  ])('with %s are refused, and nothing is changed', async (_why, wrong) => {
    const id = await made({ rack: '1' });
    await expect(operations().setMetadata(context, id, wrong, 'replace')).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await metadata(id)).toEqual({ rack: '1' });
  });
});

describe('QoS specs', () => {
  const named = (name: string) => ({
    name,
    consumer: 'back-end' as const,
    specs: { maxIOPS: '500', maxBWS: '10' },
  });
  const aType = async (name: string): Promise<string> => {
    const request = { name, description: null, isPublic: true, extraSpecs: {} };
    return (await service().volumeTypes.create(context, request)).id;
  };

  test('lose keys that they have; one that they do not have is said', async () => {
    const { qosSpecs } = service();
    const { id } = await qosSpecs.create(context, named('keys'));
    await qosSpecs.deleteKeys(context, id, ['maxBWS']);
    expect((await qosSpecs.get(context, id)).specs).toEqual({ maxIOPS: '500' });
    await expect(qosSpecs.deleteKeys(context, id, ['maxBWS'])).rejects.toMatchObject({
      code: 'key-not-found',
    });
    expect((await qosSpecs.get(context, id)).specs).toEqual({ maxIOPS: '500' });
  });

  test.each([
    ['name', { name: 'x' }],
    ['consumer', { consumer: 'x' }],
    ['empty', { '': 'x' }],
  ])('with a key that cannot be one are refused: %s', async (name, specs) => {
    const { qosSpecs } = service();
    await expect(qosSpecs.create(context, { ...named(`key-${name}`), specs })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    const { id } = await qosSpecs.create(context, named(`other-${name}`));
    await expect(qosSpecs.update(context, id, { specs })).rejects.toMatchObject({ code: 'invalid-input' });
    expect((await qosSpecs.get(context, id)).specs).toEqual({ maxIOPS: '500', maxBWS: '10' });
  });

  test('in use are deleted by force only, and a type has one of them', async () => {
    const { qosSpecs, volumeTypes } = service();
    const { id } = await qosSpecs.create(context, named('in-use'));
    const { id: other } = await qosSpecs.create(context, named('another'));
    const type = await aType('limited');
    await qosSpecs.associate(context, id, type);
    await expect(qosSpecs.associate(context, other, type)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await volumeTypes.get(context, type)).toMatchObject({ qosSpecsId: id });
    await expect(qosSpecs.delete(context, id, { force: false })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await qosSpecs.associations(context, id)).toMatchObject([{ id: type }]);
    await qosSpecs.delete(context, id, { force: true });
    await expect(qosSpecs.get(context, id)).rejects.toMatchObject({ code: 'qos-specs-not-found' });
    expect(await volumeTypes.get(context, type)).toMatchObject({ qosSpecsId: null });
  });

  test('are let go by one type or by all', async () => {
    const { qosSpecs } = service();
    const { id } = await qosSpecs.create(context, named('let-go'));
    const types = [await aType('one'), await aType('two'), await aType('three')] as const;
    for (const type of types) {
      await qosSpecs.associate(context, id, type);
    }
    const associated = async () =>
      (await qosSpecs.associations(context, id)).map(({ name }) => name).toSorted();
    await qosSpecs.disassociate(context, id, types[0]);
    expect(await associated()).toEqual(['three', 'two']);
    await qosSpecs.disassociateAll(context, id);
    expect(await associated()).toEqual([]);
  });
});

describe.each([
  [
    'volume type',
    (name: string) =>
      service().volumeTypes.create(context, { name, description: null, isPublic: true, extraSpecs: {} }),
    (id: string, name: string) => service().volumeTypes.update(context, id, { name }),
    (id: string) => service().volumeTypes.get(context, id),
  ],
  [
    'group type',
    (name: string) => service().groupTypes.create(context, { name, description: null, isPublic: true }),
    (id: string, name: string) => service().groupTypes.update(context, id, { name }),
    (id: string) => service().groupTypes.get(context, id),
  ],
] as const)('the name of a %s', (what, create, update, get) => {
  test.each(['', '  ', 'x'.repeat(256)])('cannot be "%s"', async (wrong) => {
    await expect(create(wrong)).rejects.toMatchObject({ code: 'invalid-input' });
    const { id, name } = await create(`${what} ${wrong.length}`);
    await expect(update(id, wrong)).rejects.toMatchObject({ code: 'invalid-input' });
    expect((await get(id)).name).toBe(name);
  });

  test('is nobody else’s', async () => {
    await create(`${what} of somebody`);
    await expect(create(`${what} of somebody`)).rejects.toMatchObject({ code: 'conflict' });
    const { id } = await create(`another ${what}`);
    await expect(update(id, `${what} of somebody`)).rejects.toMatchObject({ code: 'conflict' });
    expect((await get(id)).name).toBe(`another ${what}`);
  });

  test('may have 255 characters', async () => {
    const name = 'y'.repeat(255);
    const { id } = await create(name);
    expect((await get(id)).name).toBe(name);
  });
});
