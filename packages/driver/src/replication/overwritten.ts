import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure } from '../contract/driver-error.ts';
import type { Patience } from './patience.ts';

/** Letters of a copy's name that a suffix has room for: an array takes 63 in all. */
const roomForCopy = 40;
/** Names that destroyed snapshots have taken. */
const attempts = 99;

/**
 * Keeps, as a snapshot of the volume, what a failover is about to overwrite: it may have been written while the back end
 * had failed over before. The snapshot is called `overwriting-by-<copy>` until the failover is through, so that the same
 * failover done again finds it and takes none of what it has restored itself; then `overwritten-by-<copy>`, with a number
 * from the second one on. Where an array cannot rename snapshots (before REST 1.4) there is one for each copy.
 */
export class Overwritten {
  readonly #array: FlashArray;
  readonly #logger: Logger;
  readonly #kept: { readonly volume: string; readonly copy: string }[] = [];

  constructor(array: FlashArray, logger: Logger) {
    this.#array = array;
    this.#logger = logger;
  }

  /** @param copy `source:group.12`. @throws ArrayError when the array refuses: then nothing may be overwritten */
  async keep(volume: string, copy: string): Promise<void> {
    const suffix = this.#array.capabilities.snapshotRename
      ? suffixOf(copy, 'overwriting')
      : suffixOf(copy, 'overwritten');
    try {
      await this.#array.snapshots.create(volume, suffix);
    } catch (error) {
      if (!isArrayError(error, 'already-exists')) {
        throw error;
      }
    }
    this.#kept.push({ volume, copy });
  }

  /** The failover is through: what overwrites from now on is another one. */
  async conclude(patience: Patience): Promise<void> {
    for (const { volume, copy } of this.#kept) {
      try {
        const suffix = this.#array.capabilities.snapshotRename
          ? await patience.through(() => this.#renamed(volume, copy))
          : suffixOf(copy, 'overwritten');
        this.#logger.warn(
          { snapshot: `${volume}.${suffix}`, array: this.#array.identity.name, copy },
          'what a volume had on the target before the failover is kept as a snapshot',
        );
      } catch (error) {
        const failure = arrayFailure(`Renaming snapshot ${volume}.${suffixOf(copy, 'overwriting')}`, error);
        this.#logger.error(
          { volume, error: failure },
          'a snapshot of before the failover keeps its first name',
        );
      }
    }
  }

  async #renamed(volume: string, copy: string): Promise<string> {
    const base = suffixOf(copy, 'overwritten');
    let first = 1;
    for await (const page of this.#array.snapshots.listOf(volume)) {
      first += page.filter(({ name }) => name.startsWith(`${volume}.${base}`)).length;
    }
    for (let attempt = first; ; attempt += 1) {
      const suffix = `${base}${attempt === 1 ? '' : `-${attempt}`}`;
      try {
        await this.#array.snapshots.rename(`${volume}.${suffixOf(copy, 'overwriting')}`, suffix);
        return suffix;
      } catch (error) {
        if (isArrayError(error, 'not-found')) {
          // Only the reply to an earlier try was lost.
          return suffix;
        }
        if (!isArrayError(error, 'already-exists', 'destroyed') || attempt === first + attempts) {
          throw error;
        }
      }
    }
  }
}

function suffixOf(copy: string, state: 'overwriting' | 'overwritten'): string {
  const name = copy.replaceAll(/[^a-zA-Z0-9]+/g, '-').slice(-roomForCopy);
  return `${state}-by-${name.replace(/^-/, '')}`;
}
