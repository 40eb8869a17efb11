import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compute1,
  context,
  levels,
  type RunningManager,
  runManager,
  volumeRequest,
} from './running-manager.ts';

describe.each(levels)('REST %s', (_level, array) => {
  let running: RunningManager | undefined;

  beforeAll(async () => {
    running = await runManager(array);
  });

  afterAll(async () => {
    await running?.close();
  });

  test('case 53: with two instances on one compute node the connection goes with the second', async () => {
    if (running === undefined) {
      throw new Error('not set up');
    }
    const { manager, blockStorage, simulator } = running;
    const { volumes, attachments, volumeTypes } = blockStorage;
    await volumeTypes.create(context, {
      name: 'shared',
      description: null,
      isPublic: true,
      extraSpecs: { multiattach: '<is> True' },
    });
    const { id } = await volumes.create(context, volumeRequest({ volumeType: 'shared' }));
    await manager.idle();
    const attach = async (instanceUuid: string): Promise<string> => {
      const reserved = await attachments.create(context, {
        volumeId: id,
        instanceUuid,
        connector: null,
        mode: null,
      });
      await attachments.update(context, reserved.id, compute1);
      await attachments.complete(context, reserved.id);
      return reserved.id;
    };
    const first = await attach('11111111-1111-4111-8111-111111111111');
    const second = await attach('22222222-2222-4222-8222-222222222222');
    const connections = async (): Promise<number> =>
      (await simulator.control.state('fa1')).connections.length;
    expect(await connections()).toBe(1);
    await attachments.delete(context, first);
    expect(await connections()).toBe(1);
    expect((await volumes.get(context, id)).status).toBe('in-use');
    await attachments.delete(context, second);
    expect(await connections()).toBe(0);
    expect((await volumes.get(context, id)).status).toBe('available');
    await manager.idle();
  });

  test('a bad request changes nothing', async () => {
    if (running === undefined) {
      throw new Error('not set up');
    }
    const { blockStorage } = running;
    const { volumes } = blockStorage;
    const request = volumeRequest();
    const count = async (): Promise<number | null> => {
      const page = await volumes.list(
        context,
        { projectId: null },
        { sort: [], limit: 10, offset: 0, marker: null },
      );
      return page.kind === 'page' ? page.count : null;
    };
    const before = await count();
    const unknown = '99999999-9999-4999-8999-999999999999';
    for (const [bad, code] of [
      [{ size: 0 }, 'invalid-input'],
      [{ size: 4194305 }, 'invalid-input'],
      [{ size: null }, 'invalid-input'],
      [{ sourceVolid: unknown }, 'volume-not-found'],
      [{ snapshotId: unknown }, 'snapshot-not-found'],
      [{ volumeType: 'nothing' }, 'volume-type-not-found'],
      [{ availabilityZone: 'mars' }, 'invalid-input'],
      [{ size: 2000 }, 'over-quota'],
    ] as const) {
      await expect(volumes.create(context, { ...request, ...bad })).rejects.toMatchObject({ code });
    }
    expect(await count()).toBe(before);
  });
});
