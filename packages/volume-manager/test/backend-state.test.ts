import type { LogFields, Logger } from '@cinder-flasharray/common';
import { afterEach, describe, expect, test } from 'vitest';
import { context, hastyClock, type RunningManager, runManager, volumeRequest } from './running-manager.ts';

interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly backend: string;
}

/** A log that can be waited for. */
class AwaitedLog implements Logger {
  readonly lines: Line[] = [];
  readonly #waiting = new Set<{ readonly fits: (line: Line) => boolean; readonly resolve: () => void }>();
  debug = (fields: LogFields, message: string): void => this.#keep('debug', fields, message);
  info = (fields: LogFields, message: string): void => this.#keep('info', fields, message);
  warn = (fields: LogFields, message: string): void => this.#keep('warn', fields, message);
  error = (fields: LogFields, message: string): void => this.#keep('error', fields, message);

  /** Resolves at the next line that fits. */
  next(fits: (line: Line) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add({ fits, resolve });
    return promise;
  }

  #keep(level: Line['level'], { backend }: LogFields, message: string): void {
    const line = { level, message, backend: String(backend) };
    this.lines.push(line);
    for (const waiting of this.#waiting) {
      if (waiting.fits(line)) {
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
    }
  }
}

const about =
  (backend: string, words: string) =>
  (line: Line): boolean =>
    line.backend === backend && line.message.includes(words);

describe('how a back end is', () => {
  let running: RunningManager | undefined;

  async function open(
    names: readonly string[],
    log: AwaitedLog,
    tokens: Readonly<Record<string, string>> = {},
    sharedName?: string,
  ): Promise<RunningManager> {
    const shared = sharedName === undefined ? {} : { sharedName };
    running = await runManager({}, hastyClock, { names, logger: log, tokens, ...shared });
    const { volumeTypes } = running.blockStorage;
    await volumeTypes.create(context, { name: 'any', description: null, isPublic: true, extraSpecs: {} });
    return running;
  }

  const serviceStates = async ({ blockStorage }: RunningManager) =>
    Object.fromEntries(
      (await blockStorage.services.list(context))
        .filter(({ service }) => service.binary === 'cinder-volume')
        .map(({ service, state, backendState }) => [service.host, `${state} ${backendState}`]),
    );
  const poolNames = async ({ blockStorage }: RunningManager) =>
    (await blockStorage.pools(context)).map(({ name }) => name);

  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  test('with a lost array: service down, no pool, new volumes elsewhere or refused, accepted work waits', async () => {
    const log = new AwaitedLog();
    const site = await open(['fa1', 'fa2'], log);
    const { blockStorage, manager, simulator } = site;
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    expect((await manager.health()).reasons).toEqual(['OK']);

    const lost = log.next(about('node1@fa1', 'does not answer'));
    await simulator.control.setArrayDown('fa1', true);
    await blockStorage.volumes.extend(context, id, 2, { online: false });
    await lost;
    expect(await serviceStates(site)).toEqual({ 'node1@fa1': 'down down', 'node1@fa2': 'up up' });
    expect(await poolNames(site)).toEqual(['node1@fa2#fa2']);
    expect(await manager.health()).toMatchObject({
      healthy: true,
      reasons: [expect.stringContaining('node1@fa1 does not answer: '), 'node1@fa2 is up'],
    });
    const elsewhere = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'any' }));
    expect(elsewhere.host).toBe('node1@fa2#fa2');
    await expect(blockStorage.volumes.create(context, volumeRequest())).rejects.toMatchObject({
      code: 'no-backend-up',
      message: expect.stringContaining('node1@fa1 does not answer: '),
    });
    await expect(
      blockStorage.volumes.create({ ...context, isAdmin: false }, volumeRequest()),
    ).rejects.toMatchObject({ message: expect.stringMatching(/: node1@fa1 is down$/) });
    expect(await blockStorage.volumes.get(context, id)).toMatchObject({ status: 'extending', size: 1 });

    const back = log.next(about('node1@fa1', 'is up'));
    await simulator.control.setArrayDown('fa1', false);
    await back;
    await manager.idle();
    expect(await blockStorage.volumes.get(context, id)).toMatchObject({ status: 'available', size: 2 });
    expect(await serviceStates(site)).toEqual({ 'node1@fa1': 'up up', 'node1@fa2': 'up up' });
    expect(await poolNames(site)).toEqual(['node1@fa1#fa1', 'node1@fa2#fa2']);
    expect(await manager.health()).toEqual({ healthy: true, reasons: ['OK'] });
  });

  test('with an array that goes away: said once, however often it is asked again', async () => {
    const log = new AwaitedLog();
    const { blockStorage, manager, simulator } = await open(['fa1'], log);
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    const says = about('node1@fa1', 'does not answer');
    const retried = async (): Promise<void> => {
      for (let times = 0; times < 3; times += 1) {
        await log.next(says);
      }
    };
    const asked = retried();
    await simulator.control.setArrayDown('fa1', true);
    await blockStorage.volumes.extend(context, id, 2, { online: false });
    await asked;
    await retried();
    // The work that stumbles over it says so by itself.
    const loud = log.lines
      .filter(({ level, message }) => (level === 'warn' || level === 'error') && message !== 'trying again')
      .map(({ level, message }) => `${level} ${message.replace(/:.*$/, '')}`);
    expect(loud).toEqual(['error the back end does not answer']);
  });

  test('with a token that the array does not take: not set up, with the array’s words, said once', async () => {
    const log = new AwaitedLog();
    const site = await open(['fa1'], log, { fa1: '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9' });
    const { blockStorage, manager } = site;
    expect(await manager.states()).toMatchObject([
      { host: 'node1@fa1', condition: { kind: 'not-set-up', reason: expect.stringContaining('API token') } },
    ]);
    expect(await manager.health()).toMatchObject({
      healthy: false,
      reasons: [expect.stringMatching(/^node1@fa1 is not set up: .*\(back end fa1\).*API token/)],
    });
    expect(await serviceStates(site)).toEqual({ 'node1@fa1': 'down down' });
    expect(await poolNames(site)).toEqual([]);
    await expect(blockStorage.volumes.create(context, volumeRequest())).rejects.toMatchObject({
      code: 'no-backend-up',
    });
    const says = about('node1@fa1', 'is not set up');
    await log.next(says);
    await log.next(says);
    expect(log.lines.filter(says).map(({ level }) => level)).toEqual(['error', 'debug', 'debug']);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('with a name that two back ends share: what is said names the section that it is about', async () => {
    const log = new AwaitedLog();
    const wrong = { fa2: '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9' };
    const site = await open(['fa1', 'fa2'], log, wrong, 'both');
    const { blockStorage, manager } = site;
    expect(await serviceStates(site)).toEqual({ 'node1@fa1': 'up up', 'node1@fa2': 'down down' });
    expect(await poolNames(site)).toEqual(['node1@fa1#both']);
    expect((await manager.health()).reasons).toEqual([
      'node1@fa1 is up',
      expect.stringMatching(/^node1@fa2 is not set up: .*\(back end fa2\)/),
    ]);
    const loud = log.lines.filter(({ level }) => level === 'warn' || level === 'error');
    expect(loud.map(({ backend }) => backend)).toEqual(['node1@fa2']);
    const { host } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'any' }));
    expect(host).toBe('node1@fa1#both');
  });

  test('with the only array lost the service is not healthy, nor with a database that cannot be written', async () => {
    const log = new AwaitedLog();
    const { manager, simulator, blockStorage, store } = await open(['fa1'], log);
    const { id } = await blockStorage.volumes.create(context, volumeRequest());
    await manager.idle();
    const lost = log.next(about('node1@fa1', 'does not answer'));
    await simulator.control.setArrayDown('fa1', true, 'hang');
    await blockStorage.volumes.extend(context, id, 2, { online: false });
    await lost;
    expect((await manager.health()).healthy).toBe(false);
    const back = log.next(about('node1@fa1', 'is up'));
    await simulator.control.setArrayDown('fa1', false);
    await back;
    await manager.idle();
    expect((await manager.health()).healthy).toBe(true);
    await store.close();
    expect(await manager.health()).toMatchObject({
      healthy: false,
      reasons: [expect.stringContaining('the database cannot be written: ')],
    });
  });
});
