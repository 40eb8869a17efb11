import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectControl } from './control/client.ts';
import { pureadmin } from './pureadmin.ts';
import { type RunningSimulator, startSimulator } from './simulator.ts';

let simulator: RunningSimulator | undefined;
beforeAll(async () => {
  simulator = await startSimulator({
    arrays: [{ name: 'fa1', apiTokens: { pureuser: '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9' } }],
    clock: { startAt: '2014-08-04T14:50:30Z' },
  });
});
afterAll(async () => {
  await simulator?.close();
});

function run(...argv: readonly string[]): ReturnType<typeof pureadmin> {
  return pureadmin(connectControl(simulator?.controlUrl ?? ''), 'fa1', argv);
}

test('listing an exposed token prints the table of the array, over the control interface', async () => {
  expect(await run('list', '--api-token', '--expose', 'pureuser')).toEqual({
    exitCode: 0,
    stdout: `Name      API Token                             Created
pureuser  902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9  2014-08-04 14:50:30
`,
    stderr: '',
  });
});

test('without --expose the token is masked', async () => {
  expect((await run('list', '--api-token', 'pureuser')).stdout).not.toContain('902fdca3');
});

test('a token is created once, and again after it was deleted', async () => {
  const second = await run('create', '--api-token', 'pureuser');
  expect(second).toMatchObject({ exitCode: 1, stdout: '' });
  expect(second.stderr).toContain('already created');
  expect((await run('delete', '--api-token', 'pureuser')).exitCode).toBe(0);
  expect((await run('create', '--api-token', 'pureuser')).stdout).toMatch(
    /^Name {6}API Token {29}Created\npureuser {2}[0-9a-f-]{36} {2}2014-08-04 14:50:30\n$/,
  );
});

test('an unknown user and a wrong command line are told', async () => {
  expect(await run('list', '--api-token', 'nobody')).toMatchObject({ exitCode: 1 });
  expect(await run('list', '--everything')).toMatchObject({ exitCode: 2 });
});
