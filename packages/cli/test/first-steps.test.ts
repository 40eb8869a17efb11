import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { kill, run } from './processes.ts';

let place = '';

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'first-steps-'));
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

/** A port of 127.0.0.1 that somebody listens on until the test is over. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return portOf(server.address());
}

/** A port that nobody listens on, and two in a row. */
async function freePort(): Promise<number> {
  for (;;) {
    const [one, next] = [createServer().listen(0, '127.0.0.1'), createServer()];
    await once(one, 'listening');
    const port = portOf(one.address());
    const isNextFree = await new Promise<boolean>((resolve) => {
      next.once('error', () => resolve(false)).listen(port + 1, '127.0.0.1', () => resolve(true));
    });
    for (const server of [one, ...(isNextFree ? [next] : [])]) {
      server.close();
      await once(server, 'close');
    }
    if (isNextFree) {
      return port;
    }
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a command says before it ends by itself. */
async function ended(...parameters: readonly string[]): Promise<{ code: unknown; said: readonly string[] }> {
  const { child, output } = run(parameters);
  const [code] = await once(child, 'close');
  return { code, said: output };
}

describe('a mistake is told once, in words', () => {
  const simulate = (...parameters: readonly string[]) =>
    ended('simulate', '--state', join(place, 'simulator'), ...parameters);

  test('an unknown Purity version', async () => {
    const { code, said } = await simulate('--array', 'fa1,purity=9.9');
    expect({ code, said }).toEqual({
      code: 2,
      said: [
        expect.stringMatching(
          /^error: array fa1: unknown Purity version 9\.9; known are 3\.4\.0, .*6\.11\.0$/,
        ),
        'See: cinder-flasharray simulate --help',
      ],
    });
  });

  test('a seed that is no number', async () => {
    const { code, said } = await simulate('--seed', 'five');
    expect({ code, said }).toEqual({ code: 2, said: ['error: "five" is not a seed: 0 to 999999999.'] });
  });

  test('a connection between arrays that there are not', async () => {
    const { code, said } = await simulate('--connect', 'a:b');
    expect({ code, said }).toEqual({
      code: 2,
      said: [expect.stringMatching(/^error: .*\ba\b/), 'See: cinder-flasharray simulate --help'],
    });
  });

  test.each(['simulate', 'start'])('%s: a state folder that cannot be made', async (command) => {
    const file = join(place, `file-of-${command}`);
    await writeFile(file, '');
    const { code, said } = await ended(command, '--state', join(file, 'state'));
    expect({ code, said }).toEqual({
      code: 1,
      said: [
        expect.stringContaining(`error: Cannot make the state folder ${join(file, 'state')}: ENOTDIR`),
        'Name a folder that can be written, with --state.',
      ],
    });
  });

  test('simulate: a port that is taken', async () => {
    const port = await takenPort();
    const { code, said } = await simulate('--array', `fa1,port=${port}`);
    expect({ code, said }).toEqual({
      code: 75,
      said: [
        expect.stringMatching(new RegExp(`^error: A port of the simulator is taken: .*:${port}$`)),
        'Is another simulator running? Give each array another port: --array fa1,port=9443',
      ],
    });
  });

  test('start: a port of the arrays that is taken', async () => {
    const port = await takenPort();
    const state = join(place, 'taken-array');
    const { code, said } = await ended('start', '--state', state, '--array-port', String(port));
    expect({ code, said }).toEqual({
      code: 75,
      said: [
        `error: A port of the simulator is taken: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
        'Is another `npm start` running? Choose other ports with: npm start -- --array-port 9443 --port 9776',
      ],
    });
  });

  test('start: the port of the API is taken', async () => {
    const port = String(await takenPort());
    const arrayPort = String(await freePort());
    const state = join(place, 'taken-api');
    const { code, said } = await ended('start', '--state', state, '--port', port, '--array-port', arrayPort);
    expect({ code, said }).toEqual({
      code: 75,
      said: [`error: Port ${port} on 127.0.0.1 is taken.`, expect.stringContaining('--port of `npm start`')],
    });
  });
});

describe('npm start on the state of an earlier one', () => {
  const config = (device: string): string => `[DEFAULT]\nenabled_backends = fa1\n\n[fa1]\n${device}\n`;

  test.each([
    ['without replication', '', 'async'],
    ['with --replication async', 'replication_device = backend_id:fa2,san_ip:1:1,type:async,x:y', 'sync'],
  ])('refuses another kind of replication than it was made %s', async (how, device, asked) => {
    const state = await mkdtemp(join(place, 'made-'));
    await writeFile(join(state, 'cinder.conf'), config(device));
    const { code, said } = await ended('start', '--state', state, '--replication', asked);
    expect({ code, said }).toEqual({
      code: 2,
      said: [
        `error: The state in ${state} was made ${how}: --replication ${asked} cannot change that.`,
        `Start over with: npm start -- --fresh --replication ${asked}`,
        `Or keep it, and use another folder: npm start -- --state FOLDER --replication ${asked}`,
      ],
    });
  });

  test('goes to other ports where they are asked for, and stays there', async () => {
    const state = join(place, 'moved');
    const start = async (...parameters: readonly string[]): Promise<unknown> => {
      const running = run(['start', '--state', state, '--replication', 'async', ...parameters]);
      onTestFinished(() => kill(running, 'SIGTERM'));
      const { url, arrays, notReady } = await running.event('ready');
      await kill(running, 'SIGTERM');
      return { url, arrays, notReady };
    };
    const ports = async () => ({ port: await freePort(), arrayPort: await freePort() });
    const asked = ({ port, arrayPort }: Awaited<ReturnType<typeof ports>>): readonly string[] =>
      ['--port', port, '--array-port', arrayPort].map(String);
    const expected = ({ port, arrayPort }: Awaited<ReturnType<typeof ports>>) => ({
      url: `http://127.0.0.1:${port}`,
      arrays: [
        { name: 'fa1', address: `127.0.0.1:${arrayPort}` },
        { name: 'fa2', address: `127.0.0.1:${arrayPort + 1}` },
      ],
      notReady: {},
    });
    const first = await ports();
    expect(await start(...asked(first))).toEqual(expected(first));
    const second = await ports();
    expect(await start(...asked(second))).toEqual(expected(second));
    expect(await readFile(join(state, 'cinder.conf'), 'utf8')).not.toContain(`127.0.0.1:${first.arrayPort}`);
    expect(await start()).toEqual(expected(second));
  });
});
