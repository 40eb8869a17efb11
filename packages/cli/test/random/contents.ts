import type { SimulatorControl } from '@cinder-flasharray/simulator';
import type { Random } from './random.ts';
import type { Records } from './records.ts';

/** What a volume or snapshot must read as: the text at its beginning. */
type Content = string;
const contentLength = 24;

/** What each volume and snapshot must hold, as far as it is known from outside. */
export class Contents {
  readonly #control: SimulatorControl;
  readonly #array: string;
  readonly #random: Random;
  readonly #volumes = new Map<string, Content>();
  readonly #snapshots = new Map<string, Content>();
  /** Volumes whose content depends on whether the revert came to its end. */
  readonly #reverting = new Map<string, Content | undefined>();
  #serial = 0;

  constructor(control: SimulatorControl, array: string, random: Random) {
    this.#control = control;
    this.#array = array;
    this.#random = random;
  }

  ofVolume(id: string): Content | undefined {
    return this.#volumes.get(id);
  }

  ofSnapshot(id: string): Content | undefined {
    return this.#snapshots.get(id);
  }

  expectVolume(id: string, content: Content | undefined): void {
    if (content !== undefined) {
      this.#volumes.set(id, content);
    }
  }

  expectSnapshot(id: string, content: Content | undefined): void {
    if (content !== undefined) {
      this.#snapshots.set(id, content);
    }
  }

  /** The reply may be lost while the work is not: both contents are right until they have been looked at. */
  mayRevert(volumeId: string, snapshotId: string): void {
    this.#reverting.set(volumeId, this.#snapshots.get(snapshotId));
  }

  /** What reads other than it must. */
  async compare({ volumes, snapshots }: Records): Promise<readonly string[]> {
    const findings: string[] = [];
    for (const { id, status, provider_id: name } of volumes) {
      const expected = this.#volumes.get(id);
      if (status.startsWith('error') || name === null || expected === undefined) {
        continue;
      }
      const content = await this.#read(name);
      const reverted = this.#reverting.get(id);
      if (reverted !== undefined && content === reverted) {
        this.#volumes.set(id, reverted);
      } else if (content !== expected) {
        findings.push(`volume ${id} reads "${content}" instead of "${expected}"`);
      }
    }
    for (const { id, status, metadata, volume_id: volume, group_snapshot_id: group } of snapshots) {
      if (group !== null && !this.#snapshots.has(id)) {
        // Taken in this round, in which nobody wrote to the members.
        this.expectSnapshot(id, this.#volumes.get(volume));
      }
      const expected = this.#snapshots.get(id);
      const name = metadata.array_snapshot_name;
      if (!status.startsWith('error') && expected !== undefined && name !== undefined) {
        const content = await this.#read(name);
        if (content !== expected) {
          findings.push(`snapshot ${id} reads "${content}" instead of "${expected}"`);
        }
      }
    }
    this.#reverting.clear();
    return findings;
  }

  /** Every volume gets a text of its own from time to time, as if somebody used it. */
  async writeFresh({ volumes }: Records): Promise<void> {
    for (const { id, provider_id: name } of volumes) {
      if (name !== null && (!this.#volumes.has(id) || this.#random.chance(0.3))) {
        this.#serial += 1;
        const content = `${id.slice(0, 8)} ${this.#serial}`.padEnd(contentLength);
        await this.#control.writeVolume(this.#array, name, 0, new TextEncoder().encode(content));
        this.#volumes.set(id, content);
      }
    }
  }

  async #read(name: string): Promise<Content> {
    return new TextDecoder().decode(await this.#control.readVolume(this.#array, name, 0, contentLength));
  }
}
