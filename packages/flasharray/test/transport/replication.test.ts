import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { FlashArray } from '../../src/port/flash-array.ts';
import { aClient, aScriptedArray, failureOf } from '../support/connected.ts';
import { reply, type ScriptedArray } from '../support/scripted-array.ts';

type Answer = (response: ServerResponse) => 'handled';

/** A client of an array that gives these answers, by operation. */
async function answering(
  answers: Readonly<Record<string, Answer>>,
): Promise<{ readonly array: ScriptedArray; readonly client: FlashArray }> {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((request, response) => answers[`${request.method} ${request.resource}`]?.(response));
  return { array, client };
}

const items =
  (...rows: readonly object[]): Answer =>
  (response) =>
    reply(response, { items: rows, more_items_remaining: false });

const refused =
  (message: string, context: string): Answer =>
  (response) =>
    reply(response, { errors: [{ context, message }] }, 400);

const transfer = (number: number, changes: object = {}) => ({
  name: `fa1:pg.${number}`,
  started: 1_760_000_000_000,
  completed: 1_760_000_042_000,
  progress: 1,
  destroyed: false,
  ...changes,
});

describe('replication on the wire, REST 2.x', () => {
  test('retention by periods is told by days', async () => {
    const schedule = { enabled: true, frequency: 300_000, at: null };
    const retention = { all_for_sec: 60, days: -1, per_period: 6, period_length_ms: 172_800_000 };
    const { client } = await answering({
      'GET protection-groups': items({
        name: 'pg',
        replication_schedule: schedule,
        target_retention: retention,
      }),
    });
    expect(await client.protectionGroups.replication('pg')).toEqual({
      enabled: true,
      frequency: 300_000,
      retention: { allFor: 60_000, perDay: 3, days: -1 },
    });
  });

  test('a snapshot is complete only with all of it and the time of its end, and none before its start', async () => {
    const { client } = await answering({
      'GET protection-group-snapshots/transfer': items(
        transfer(9),
        transfer(10),
        transfer(11, { started: 1_760_000_100_000, completed: null }),
        transfer(12, { started: 1_760_000_200_000, progress: 0.999 }),
        transfer(13, { started: null, completed: null, progress: 0 }),
        transfer(14, { destroyed: true }),
        { ...transfer(15), name: 'fa1:pg-other.15' },
      ),
    });
    const rows = await client.protectionGroups.replicatedSnapshots('FA1:pg');
    expect(rows.map(({ name, complete }) => `${name} ${complete}`)).toEqual([
      'fa1:pg.12 false',
      'fa1:pg.11 false',
      'fa1:pg.10 true',
      'fa1:pg.9 true',
    ]);
  });

  test('connections that carry no data are left out', async () => {
    const { client } = await answering({
      'GET array-connections': items(
        { name: 'fa2', status: 'connected', type: 'fleet-management' },
        { name: 'fa3', status: 'unbalanced', type: 'sync-replication' },
      ),
    });
    expect(await client.arrays.connections()).toEqual([{ array: 'fa3', kind: 'sync', connected: false }]);
  });

  test('a member whose status nobody knows is not taken for one that serves', async () => {
    const members = [
      { id: '1', name: 'fa1', status: 'online' },
      { id: '2', name: 'fa2', status: 'suspended' },
      { id: '3', name: 'fa3', status: 'thinking' },
    ];
    const { client } = await answering({
      'GET pods': items({ name: 'pod1', destroyed: false, array_count: 3, arrays: members }),
    });
    expect(await client.pods.list()).toEqual([
      {
        name: 'pod1',
        replicated: true,
        members: [
          { array: 'fa1', arrayId: '1', status: 'online' },
          { array: 'fa2', arrayId: '2', status: 'suspended' },
          { array: 'fa3', arrayId: '3', status: 'unknown' },
        ],
      },
    ]);
  });

  test('a group that has all the targets it may have takes no more', async () => {
    const { client } = await answering({
      'POST protection-groups/targets': refused('Protection group target limit reached.', 'pg'),
    });
    expect(await failureOf(client.protectionGroups.addTarget('pg', 'fa5'))).toMatchObject({
      code: 'limit-reached',
      context: 'pg',
      applied: 'no',
    });
  });

  test('no change of the replication is no request', async () => {
    const { array, client } = await answering({});
    const before = array.received.length;
    await client.protectionGroups.setReplication('pg', {});
    expect(array.received).toHaveLength(before);
  });
});
