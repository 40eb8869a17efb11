import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type QosLimits } from '@cinder-flasharray/flasharray';
import { arrayFailure, isTransient } from '../contract/driver-error.ts';
import type { Locks } from '../contract/locks.ts';

/** Somebody else may destroy the group, or make it, between two of our calls: looked at again this often. */
const attempts = 5;

/** Volume groups come with their first volume and go with their last, whoever else uses them meanwhile. */
export class VolumeGroupKeeper {
  readonly #array: FlashArray;
  readonly #locks: Locks;
  readonly #logger: Logger;
  readonly #eradicate: boolean;

  /** @param eradicate what becomes empty, at once */
  constructor(array: FlashArray, locks: Locks, logger: Logger, eradicate: boolean) {
    this.#array = array;
    this.#locks = locks;
    this.#logger = logger;
    this.#eradicate = eradicate;
  }

  /**
   * Sees to it that the group is there with the limits given (those of the type used last hold), then runs `work`,
   * which puts a volume into it. One round more than `work` in steady state. After a refusal an empty group goes again;
   * after trouble that may pass it stays for the next try.
   */
  inside<T>(group: { readonly name: string; readonly qos: QosLimits }, work: () => Promise<T>): Promise<T> {
    return this.#locked(group.name, async () => {
      try {
        return await this.#insideLocked(group, work);
      } catch (error) {
        if (!isTransient(error)) {
          await this.#destroyIfEmpty(group.name);
        }
        throw error;
      }
    });
  }

  /**
   * Destroys the group when nothing is left in it, which the array knows best: it refuses while volumes are. Any refusal
   * costs nobody a volume, and is logged.
   * @throws DriverError about trouble that may pass: doing the same again finds the group
   */
  async destroyIfEmpty(name: string): Promise<void> {
    await this.#locked(name, () => this.#destroyIfEmpty(name));
  }

  async #destroyIfEmpty(name: string): Promise<void> {
    try {
      await this.#array.volumeGroups.destroy(name);
      if (this.#eradicate) {
        await this.#array.volumeGroups.eradicate(name);
      }
    } catch (error) {
      if (!isArrayError(error) || isTransient(error)) {
        throw arrayFailure(`Removing volume group ${name}`, error);
      }
      // One that was destroyed before is not eradicated: it may hold volumes that somebody wants back.
      this.#logger.info({ volumeGroup: name, code: error.code, error }, 'the volume group stays');
    }
  }

  async #insideLocked<T>(
    group: { readonly name: string; readonly qos: QosLimits },
    work: () => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#ensure(group);
      try {
        return await work();
      } catch (error) {
        const vanished =
          isArrayError(error, 'not-found', 'destroyed') &&
          attempt < attempts &&
          (await this.#array.volumeGroups.find(group.name)).kind !== 'live';
        if (!vanished) {
          throw error;
        }
        this.#logger.info({ volumeGroup: group.name, attempt }, 'the volume group vanished: making it again');
      }
    }
  }

  async #ensure({ name, qos }: { readonly name: string; readonly qos: QosLimits }): Promise<void> {
    const { volumeGroups } = this.#array;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await volumeGroups.setQos(name, qos);
        return;
      } catch (error) {
        if (!isArrayError(error, 'not-found', 'destroyed') || attempt === attempts) {
          throw error;
        }
        await this.#make(name, qos, error.code);
      }
    }
  }

  /** A destroyed group is taken back, never eradicated: it may hold volumes that somebody wants back. */
  async #make(name: string, qos: QosLimits, found: string): Promise<void> {
    const { volumeGroups } = this.#array;
    try {
      await (found === 'destroyed' ? volumeGroups.recover(name) : volumeGroups.create(name, qos));
    } catch (error) {
      // Made, destroyed or recovered by somebody else meanwhile: the caller looks again.
      if (!isArrayError(error, 'already-exists', 'destroyed', 'not-found', 'invalid')) {
        throw error;
      }
      if (isArrayError(error, 'invalid') && found !== 'destroyed') {
        throw error;
      }
    }
  }

  #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#locks.run(`volume-group:${this.#array.identity.id}:${name.toLowerCase()}`, work);
  }
}
