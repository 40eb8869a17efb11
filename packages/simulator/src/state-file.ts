import { readFile, rename, writeFile } from 'node:fs/promises';
import { SimulatorError } from './errors.ts';
import { earliestEradication } from './model/rules/expiry.ts';
import type { ArrayModel } from './model/state/array-model.ts';
import type { ArrayIdentity, ArraySettings } from './model/state/array-settings.ts';
import { ExtentMap } from './model/state/extent-map.ts';
import type { FleetPicture } from './model/state/fleet-records.ts';
import { type KeptHealth, keepHealth, restoreHealth } from './model/state/kept-health.ts';
import type { Snapshot, Volume } from './model/state/records.ts';

/** An array as it is kept between starts. Data is a list of chunks; equal chunks are kept, and shared again, once. */
export type KeptArray = {
  readonly identity: ArrayIdentity;
  readonly settings: ArraySettings;
  readonly randomState: number;
  readonly serialCounter: number;
  readonly suffixCounter: number;
  /** Absent in files of before there was hardware. */
  readonly health?: KeptHealth;
  readonly chunks: readonly string[];
  readonly volumes: readonly (Omit<Volume, 'data'> & { readonly data: KeptData })[];
  readonly snapshots: readonly (Omit<Snapshot, 'data'> & { readonly data: KeptData })[];
  readonly records: Pick<ArrayModel, 'connections' | 'tags'> & {
    readonly [Kind in KeptRegistry]: readonly ReturnType<ArrayModel[Kind]['sorted']>[number][];
  };
};
type KeptRegistry =
  | 'hosts'
  | 'hostGroups'
  | 'protectionGroups'
  | 'groupSnapshots'
  | 'volumeGroups'
  | 'pods'
  | 'admins';
/** Chunk index and position in the list of chunks. */
type KeptData = readonly (readonly [number, number])[];

export type KeptState = {
  readonly format: 1;
  readonly arrays: readonly KeptArray[];
  /** Absent in files of simulators that did not replicate. */
  readonly fleet?: FleetPicture;
};

/** Takes the array's picture. Sessions are not kept: clients log in again. */
export function keepArray(model: ArrayModel): KeptArray {
  const chunks: string[] = [];
  const positions = new Map<Uint8Array, number>();
  const keepData = (data: ExtentMap): KeptData =>
    [...data.chunks()].map(({ index, chunk }) => {
      const position = positions.get(chunk) ?? chunks.push(Buffer.from(chunk).toString('base64')) - 1;
      positions.set(chunk, position);
      return [index, position] as const;
    });
  return {
    identity: model.identity,
    settings: model.settings,
    randomState: model.random.state,
    serialCounter: model.serialCounter,
    suffixCounter: model.suffixCounter,
    volumes: model.volumes.sorted().map((volume) => ({ ...volume, data: keepData(volume.data) })),
    snapshots: model.snapshots.sorted().map((snapshot) => ({ ...snapshot, data: keepData(snapshot.data) })),
    chunks,
    health: keepHealth(model),
    records: {
      connections: model.connections,
      tags: model.tags,
      hosts: model.hosts.sorted(),
      hostGroups: model.hostGroups.sorted(),
      protectionGroups: model.protectionGroups.sorted(),
      groupSnapshots: model.groupSnapshots.sorted(),
      volumeGroups: model.volumeGroups.sorted(),
      pods: model.pods.sorted(),
      admins: model.admins.sorted(),
    },
  };
}

/** Fills a fresh model from a picture. */
export function restoreArray(model: ArrayModel, kept: KeptArray): void {
  const chunks = kept.chunks.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  const data = (pairs: KeptData): ExtentMap =>
    ExtentMap.fromChunks(
      new Map(
        pairs.flatMap(([index, position]) => {
          const chunk = chunks[position];
          return chunk === undefined ? [] : [[index, chunk] as const];
        }),
      ),
    );
  for (const volume of kept.volumes) model.volumes.put({ ...volume, data: data(volume.data) });
  for (const snapshot of kept.snapshots) model.snapshots.put({ ...snapshot, data: data(snapshot.data) });
  for (const host of kept.records.hosts) model.hosts.put(host);
  for (const group of kept.records.hostGroups) model.hostGroups.put(group);
  for (const group of kept.records.protectionGroups) model.protectionGroups.put(group);
  for (const snapshot of kept.records.groupSnapshots) model.groupSnapshots.put(snapshot);
  for (const group of kept.records.volumeGroups) model.volumeGroups.put(group);
  for (const pod of kept.records.pods) model.pods.put(pod);
  for (const admin of kept.records.admins) model.admins.put(admin);
  model.connections = kept.records.connections;
  model.tags = kept.records.tags;
  restoreHealth(model, kept.health);
  model.serialCounter = kept.serialCounter;
  model.suffixCounter = kept.suffixCounter;
  model.nextEradication = earliestEradication(model);
  model.dataVersion += 1;
}

/** Null when there is no file yet. @throws SimulatorError `storage` */
export async function readStateFile(file: string): Promise<KeptState | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null;
    throw new SimulatorError('storage', `cannot read the state file ${file}`, { cause: error });
  }
  return parseState(text, file, '; move it away to start over');
}

/**
 * @param name names the text in the error
 * @param advice follows on the error
 * @throws SimulatorError `storage`
 */
export function parseState(text: string, name: string, advice = ''): KeptState {
  try {
    const kept: KeptState = JSON.parse(text);
    if (kept.format !== 1 || !Array.isArray(kept.arrays)) throw new TypeError('not a state file');
    return kept;
  } catch (error) {
    throw new SimulatorError('storage', `${name} is not a state file of this simulator${advice}`, {
      cause: error,
    });
  }
}

/** Time between two pictures, as a multiple of what the last one took: a large array is not drawn all the time. */
const restRatio = 20;

type Waiting = {
  readonly changes: number;
  readonly resolve: () => void;
  readonly reject: (failure: SimulatorError) => void;
};

/** Keeps the newest picture in a file, at most one write at a time, each a whole replacement. */
export class StateFile {
  readonly #file: string;
  readonly #take: () => KeptState;
  readonly #failed: (error: SimulatorError) => void;
  /** Changes so far, and how many of them are on disk. */
  #changes = 0;
  #kept = 0;
  #isWriting = false;
  /** Who has been told nothing before so many changes are on disk. */
  #waiting: readonly Waiting[] = [];
  /** Milliseconds that the last picture took. */
  #cost = 0;
  #endRest: () => void = () => undefined;

  /** @param failed told of a write that failed; the next change tries again */
  constructor(file: string, take: () => KeptState, failed: (error: SimulatorError) => void) {
    this.#file = file;
    this.#take = take;
    this.#failed = failed;
  }

  changed(): void {
    this.#changes += 1;
    this.#write();
  }

  /** Waits until every change so far is on disk. @throws SimulatorError `storage` */
  async flush(): Promise<void> {
    if (this.#kept >= this.#changes) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting = [...this.#waiting, { changes: this.#changes, resolve, reject }];
    this.#endRest();
    this.#write();
    await promise;
  }

  #write(): void {
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#kept < this.#changes) {
      // Changes come in bursts: what comes in this turn goes into one picture.
      await this.#rest();
      const changes = this.#changes;
      const failure = await this.#writePicture();
      if (failure !== null) {
        const waiting = this.#waiting;
        this.#waiting = [];
        this.#isWriting = false;
        for (const { reject } of waiting) reject(failure);
        this.#failed(failure);
        return;
      }
      this.#kept = changes;
      for (const waiting of this.#waiting) {
        if (waiting.changes <= changes) waiting.resolve();
      }
      this.#waiting = this.#waiting.filter((waiting) => waiting.changes > changes);
    }
    this.#isWriting = false;
  }

  async #rest(): Promise<void> {
    const wait = this.#cost < 10 || this.#waiting.length > 0 ? 0 : this.#cost * restRatio;
    if (wait === 0) {
      await new Promise(setImmediate);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, wait);
    timer.unref();
    this.#endRest = resolve;
    await promise;
    clearTimeout(timer);
  }

  async #writePicture(): Promise<SimulatorError | null> {
    const part = `${this.#file}.part`;
    try {
      const started = performance.now();
      const text = JSON.stringify(this.#take());
      this.#cost = performance.now() - started;
      await writeFile(part, text, { mode: 0o600 });
      await rename(part, this.#file);
      return null;
    } catch (error) {
      return new SimulatorError('storage', `cannot write the state file ${this.#file}`, { cause: error });
    }
  }
}
