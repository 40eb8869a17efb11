import { expect, test } from 'vitest';
import { aClient, aScriptedArray, failureOf } from '../support/connected.ts';
import { reply } from '../support/scripted-array.ts';

const errors = (message: string) => ({ errors: [{ context: null, message }] });

test.each([
  ['a user of a directory, whom the array does not list', 400, 'User does not exist.'],
  ['a user who may not see the users', 403, 'Operation not permitted.'],
])('%s has a name, and the rest is not told', async (_who, status, message) => {
  const array = await aScriptedArray();
  array.script((request, response) =>
    request.resource === 'admins' ? reply(response, errors(message), status) : undefined,
  );
  const client = await aClient(array);
  expect(await client.health.administrator()).toEqual({
    name: 'pureuser',
    role: null,
    mayWrite: null,
    apiTokenExpiry: { kind: 'not-told' },
  });
});

test('a user list that fails for another reason is a failure', async () => {
  const array = await aScriptedArray();
  array.script((request, response) =>
    request.resource === 'admins' ? reply(response, errors('Invalid parameter.'), 400) : undefined,
  );
  const client = await aClient(array);
  expect((await failureOf(client.health.administrator())).code).toBe('invalid');
});

test('an array that names no user at the login is used all the same, until asked for the user', async () => {
  const array = await aScriptedArray();
  const id = '5d1a44c0-e2b9-4a7f-9d0e-1f2a3b4c5d6e';
  array.script((request, response) => {
    switch (request.resource) {
      case 'login':
        response.setHeader('x-auth-token', 'session-of-nobody');
        return reply(response, { items: [] });
      case 'arrays':
        return reply(response, { items: [{ id, name: 'fa-a', version: '6.4.10' }] });
      default:
        return undefined;
    }
  });
  const client = await aClient(array);
  const failure = await failureOf(client.health.administrator());
  expect(failure).toMatchObject({ code: 'malformed-reply', operation: 'POST login' });
  expect(array.count('GET admins')).toBe(0);
});

test('an alert without words of its own is told by its number', async () => {
  const array = await aScriptedArray();
  const row = { name: '12', code: 7, severity: 'warning', created: 1_760_000_000_000 };
  array.script((request, response) =>
    request.resource === 'alerts'
      ? reply(response, { items: [{ ...row, component_name: '' }], more_items_remaining: false })
      : undefined,
  );
  const client = await aClient(array);
  expect(await client.health.openAlerts()).toEqual([
    {
      id: '12',
      severity: 'warning',
      code: 7,
      componentType: null,
      componentName: null,
      summary: 'alert 7',
      description: null,
      created: 1_760_000_000_000,
    },
  ]);
  const asked = array.received.find(({ resource }) => resource === 'alerts');
  expect(asked?.url.searchParams.get('filter')).toBe("state='open'");
});
