import type { Answer } from './clients.ts';
import type { SimulatedType } from './site.ts';

/** Nobody asks for more volumes than that. */
export const mostVolumes = 14;

/** What a volume or snapshot may hold at its beginning: numbers that hosts wrote; 0: nothing was written. */
export type Contents = Set<number>;

/** The type of a copy of which nobody was told. */
export const unknownType = '';

/** What clients were told about a volume, and so what must be true of it when all has come to rest. */
export interface KnownVolume {
  readonly id: string;
  /** Whether it must be there: a delete that was accepted says no, one that got no answer says maybe. */
  presence: 'yes' | 'maybe' | 'no';
  /** GiB; several where an answer was lost, none where nobody knows: so it is with types and contents, too. */
  sizes: Set<number>;
  types: Set<string>;
  /** What it had before retypes that were accepted, or `unknownType`: a refusal leaves it. */
  readonly earlierTypes: Set<string>;
  /** From when until when each retype was under way; milliseconds since the epoch. */
  readonly retypes: { readonly from: number; to: number }[];
  /** When it was first seen made, or in error; milliseconds since the epoch. */
  settledAt: number;
  /** An administrator made it on the primary, and only there it can be taken over. */
  readonly isManaged: boolean;
  contents: Contents;
  /** Everything it ever held: what a copy of an earlier time may bring back. */
  readonly history: Contents;
  /** Somebody has repaired its status by hand: what was asked for before may or may not be done. */
  isRepaired: boolean;
  /** Repairs by hand, counted when they are asked for and when they are answered. */
  repairs: number;
  /** Copies that are being made of it: what is written now may be in them. */
  readonly copies: Set<Contents>;
  /** The pod that an administrator keeps it in; null: none. */
  readonly plainPod: string | null;
  /** The volume that it is a copy of; null: none, or none that is known. */
  readonly source: KnownVolume | null;
  /** The group that was made as a copy of another one, and this volume with it; null: it was made by itself. */
  readonly copiedInto: string | null;
}

export interface KnownSnapshot {
  readonly id: string;
  readonly volumeId: string;
  presence: 'yes' | 'maybe' | 'no';
  /** GiB. */
  readonly sizes: Set<number>;
  readonly contents: Contents;
  /** It has been seen available. */
  wasUsable: boolean;
}

export interface KnownAttachment {
  readonly id: string;
  readonly volumeId: string;
  host: string;
  /** `connected`: the answer said so; `unclear`: the client has to end it to know. */
  state: 'reserved' | 'connected' | 'complete' | 'unclear' | 'ending' | 'gone';
  /** A client is about to connect or complete it: another one keeps away. */
  isBusy?: boolean;
}

/** A connection of the older calls, which leave no connector in any row. */
export interface KnownConnection {
  readonly volumeId: string;
  readonly host: string;
  state: 'connected' | 'unclear' | 'none';
}

export interface KnownGroup {
  readonly id: string;
  /** Of its volumes: all are kept in the same way. */
  readonly volumeTypes: readonly string[];
  presence: 'yes' | 'maybe' | 'no';
  /** Volumes that it was asked to take or to let go. */
  readonly changed: Set<KnownVolume>;
}

export interface KnownGroupSnapshot {
  readonly id: string;
  readonly groupId: string;
  presence: 'yes' | 'maybe' | 'no';
}

/** What all clients of a world know together. */
export class Knowledge {
  readonly volumes = new Map<string, KnownVolume>();
  readonly snapshots = new Map<string, KnownSnapshot>();
  readonly attachments = new Map<string, KnownAttachment>();
  readonly connections = new Map<string, KnownConnection>();
  /** By volume and host. */
  readonly #ways = new Map<string, 'newer' | 'older'>();
  readonly groups = new Map<string, KnownGroup>();
  readonly groupSnapshots = new Map<string, KnownGroupSnapshot>();
  /** Snapshots, groups and group snapshots whose status somebody has set by hand. */
  readonly repaired = new Set<string>();
  /** Creates without an answer: there may be rows that nobody knows. */
  lostCreates = 0;
  /** Names of volumes on the array that administrators made. */
  readonly foreign = new Set<string>();
  #writes = 0;

  /** A number that nobody has written yet. */
  nextWrite(): number {
    this.#writes += 1;
    return this.#writes;
  }

  learnVolume(
    id: string,
    about: {
      readonly size: number | null;
      readonly type: SimulatedType['name'] | null;
      readonly contents: Iterable<number>;
      readonly plainPod?: string | null;
      readonly source?: KnownVolume | null;
      readonly copiedInto?: string | null;
      readonly isManaged?: boolean;
    },
  ): KnownVolume {
    const contents = new Set(about.contents);
    const volume: KnownVolume = {
      id,
      presence: 'yes',
      sizes: about.size === null ? new Set() : new Set([about.size]),
      types: about.type === null ? new Set() : new Set([about.type]),
      earlierTypes: new Set(),
      retypes: [],
      settledAt: Number.POSITIVE_INFINITY,
      isManaged: about.isManaged ?? false,
      contents,
      history: new Set([...contents, ...(about.source?.history ?? [])]),
      // Whoever says that a volume is available that is not there gets copies of nothing.
      isRepaired: about.source?.isRepaired ?? false,
      repairs: 0,
      copies: new Set(),
      plainPod: about.plainPod ?? null,
      source: about.source ?? null,
      copiedInto: about.copiedInto ?? null,
    };
    this.volumes.set(id, volume);
    return volume;
  }

  learnSnapshot(id: string, volumeId: string, sizes: Iterable<number>, contents: Contents): KnownSnapshot {
    const snapshot: KnownSnapshot = {
      id,
      volumeId,
      presence: 'yes',
      sizes: new Set(sizes),
      contents,
      wasUsable: false,
    };
    this.snapshots.set(id, snapshot);
    return snapshot;
  }

  /** A host wrote: nothing else is there now, and copies under way may have it or not. */
  written(volume: KnownVolume, value: number): void {
    volume.contents = new Set([value]);
    volume.history.add(value);
    for (const copy of volume.copies) {
      // A copy of what nobody knew may have that, too.
      if (copy.size > 0) {
        copy.add(value);
      }
    }
  }

  /** The connection of the older calls between a volume and a host. */
  connection(volumeId: string, host: string): KnownConnection {
    const key = `${volumeId} ${host}`;
    const known = this.connections.get(key) ?? { volumeId, host, state: 'none' };
    this.connections.set(key, known);
    return known;
  }

  /**
   * A machine has a volume in one way: the end of an attachment does not know of an older connection that is not recorded
   * yet, nor the other way round. What was asked for first holds.
   * @returns whether it is this way
   */
  isWay(volumeId: string, host: string, way: 'newer' | 'older'): boolean {
    const key = `${volumeId} ${host}`;
    const known = this.#ways.get(key) ?? way;
    this.#ways.set(key, known);
    return known === way;
  }

  /** The volumes that a copy of a group consists of, `volume` among them; none but itself where it was made alone. */
  madeWith(volume: KnownVolume): readonly KnownVolume[] {
    const { copiedInto } = volume;
    return copiedInto === null
      ? [volume]
      : [...this.volumes.values()].filter((other) => other.copiedInto === copiedInto);
  }

  // What may still be there, and so what clients work with.

  knownVolumes(): readonly KnownVolume[] {
    return [...this.volumes.values()].filter(({ presence }) => presence !== 'no');
  }

  knownSnapshots(): readonly KnownSnapshot[] {
    return [...this.snapshots.values()].filter(({ presence }) => presence !== 'no');
  }

  knownGroups(): readonly KnownGroup[] {
    return [...this.groups.values()].filter(({ presence }) => presence !== 'no');
  }

  knownGroupSnapshots(): readonly KnownGroupSnapshot[] {
    return [...this.groupSnapshots.values()].filter(({ presence }) => presence !== 'no');
  }

  knownAttachments(): readonly KnownAttachment[] {
    return [...this.attachments.values()].filter(({ state }) => state !== 'gone');
  }
}

export function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

export function writtenValue(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0);
}

/** What may be true after a request that changes it; the empty set: nobody knows. */
export function after<T>(answer: Answer<unknown>, before: Set<T>, asked: Set<T>): Set<T> {
  switch (answer.kind) {
    case 'ok':
      return new Set(asked);
    case 'lost':
      return eitherOf(before, asked);
    case 'refused':
    case 'down':
      return before;
  }
}

/** What is one of them; the empty set, which nobody knows, stays unknown. */
export function eitherOf<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): Set<T> {
  return one.size === 0 || other.size === 0 ? new Set() : new Set([...one, ...other]);
}

export function presenceAfter(
  answer: Answer<unknown>,
  before: 'yes' | 'maybe' | 'no',
): 'yes' | 'maybe' | 'no' {
  switch (answer.kind) {
    case 'ok':
      return 'no';
    case 'lost':
      return before === 'yes' ? 'maybe' : before;
    case 'refused':
    case 'down':
      return before;
  }
}

export function addAll<T>(into: Set<T>, from: Iterable<T>): void {
  for (const item of from) {
    into.add(item);
  }
}
