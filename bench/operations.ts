import { randomUUID } from 'node:crypto';
import { type Service, until } from '../packages/cli/test/processes.ts';
import { array, type Laboratory } from './laboratory.ts';
import type { Population } from './populate.ts';
import { milliseconds } from './table.ts';

const host = 'node1@puredriver-1#puredriver-1';
/** Each operation is timed so often; the median is printed. */
const repetitions = 9;
const gatedRuns = 3;

/** One row of the table. */
export interface Measure {
  readonly what: string;
  /** Serial rounds, or calls, that the design allows in steady state over REST 2; empty: none promised. */
  readonly budget: string;
  readonly cost: string;
}

/** Makes a volume and waits until it can be used. Gives its id. */
export async function createVolume(service: Service, name: string): Promise<string> {
  const { body } = await service.request('POST', '/volumes', { volume: { size: 1, name } });
  const id = String(Reflect.get(Object(body.volume), 'id'));
  await untilStatus(service, id, 'available');
  return id;
}

async function untilStatus(service: Service, id: string, wanted: string): Promise<void> {
  await until(`${id} ${wanted}`, async () => {
    const { body } = await service.request('GET', `/volumes/${id}`);
    const status = String(Reflect.get(Object(body.volume), 'status'));
    if (status === 'error') {
      const log = service.running.output.filter((line) => /"level":[45]0/.test(line)).slice(-5);
      throw new Error([`volume ${id} is in error`, ...log].join('\n'));
    }
    return status === wanted ? true : null;
  });
}

/**
 * Rounds are counted behind the gate, which slows calls down; the time is that of runs without it. Tags are
 * written after the answer and are no round.
 */
export async function measureRounds(
  lab: Laboratory,
  row: Pick<Measure, 'what' | 'budget'>,
  act: () => Promise<unknown>,
): Promise<Measure> {
  const times: number[] = [];
  for (let run = 0; run < repetitions; run += 1) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  // Work in the background (tags of the last attach, the report of the capacity) may come into a gate: the smallest of
  // some runs is the steady state.
  const gates: (readonly (readonly string[])[])[] = [];
  for (let run = 0; run < gatedRuns; run += 1) {
    await lab.control.openGate(array);
    await act();
    gates.push((await lab.control.closeGate(array)).rounds);
  }
  const [rounds = []] = gates.toSorted((a, b) => a.length - b.length);
  const median = times.toSorted((a, b) => a - b)[Math.floor(repetitions / 2)] ?? 0;
  const serial = rounds.filter((calls) => calls.some((call) => !call.includes('tags')));
  const calls = rounds.flat().length;
  return { ...row, cost: `${serial.length} rounds, ${calls} calls, ${milliseconds(median)}` };
}

/** Work through the API of a running service: what it costs at the array, and how long the caller waits. */
export class ServiceBench {
  readonly #lab: Laboratory;
  readonly #service: Service;

  constructor(lab: Laboratory, service: Service) {
    this.#lab = lab;
    this.#service = service;
  }

  async operations(): Promise<readonly Measure[]> {
    const volumes: string[] = [];
    const create = await this.#measure('create a volume', '2 rounds', async () => {
      volumes.push(await createVolume(this.#service, 'measured'));
    });
    while (volumes.length < 2 * (repetitions + gatedRuns) + 1) {
      volumes.push(await createVolume(this.#service, 'measured'));
    }
    const attachments: string[] = [await this.#attach(volumes.pop(), 'node0')];
    const attachKnown = await this.#measure('attach, host known', '2 rounds', async () => {
      attachments.push(await this.#attach(volumes.pop(), 'node0'));
    });
    let nodes = 0;
    const attachNew = await this.#measure('attach, host new', '3 rounds', async () => {
      nodes += 1;
      attachments.push(await this.#attach(volumes.pop(), `node${nodes}`));
    });
    const detachLast = await this.#measure('detach, last of its host', '3 rounds', () =>
      this.#request('DELETE', `/attachments/${attachments.pop()}`),
    );
    const detach = await this.#measure('detach, others stay', '2 rounds', () =>
      this.#request('DELETE', `/attachments/${attachments.pop()}`),
    );
    return [create, attachKnown, attachNew, detach, detachLast];
  }

  async listings(population: Population): Promise<readonly Measure[]> {
    const pages = Math.ceil(population.volumes / 1_000) + 3;
    return [
      await this.#once(`manageable volumes, a page of 50`, `${pages} calls`, () =>
        this.#request('GET', `/manageable_volumes?host=${encodeURIComponent(host)}&limit=50`),
      ),
      await this.#once(`manageable snapshots, a page of 50`, '', () =>
        this.#request('GET', `/manageable_snapshots?host=${encodeURIComponent(host)}&limit=50`),
      ),
      await this.#once(`volumes of the API, a page of 1,000`, '0 calls', () =>
        this.#request('GET', '/volumes/detail?limit=1000'),
      ),
    ];
  }

  async #attach(volumeId: string | undefined, node: string): Promise<string> {
    const { attachment } = await this.#request('POST', '/attachments', {
      attachment: {
        volume_uuid: volumeId,
        instance_uuid: randomUUID(),
        connector: { host: node, initiator: `iqn.2004-10.com.ubuntu:01:${node}`, multipath: true },
      },
    });
    return String(Reflect.get(Object(attachment), 'id'));
  }

  async #measure(what: string, budget: string, act: () => Promise<unknown>): Promise<Measure> {
    return await measureRounds(this.#lab, { what, budget }, act);
  }

  async #once(what: string, budget: string, act: () => Promise<unknown>): Promise<Measure> {
    await this.#lab.control.clearRequests(array);
    const began = performance.now();
    await act();
    const time = performance.now() - began;
    const calls = (await this.#lab.control.requests(array)).length;
    return { what, budget, cost: `${calls} calls, ${milliseconds(time)}` };
  }

  async #request(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const reply = await this.#service.request(method, path, body);
    if (reply.status >= 300) {
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply.body;
  }
}
