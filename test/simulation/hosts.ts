import { type SimulatorControl, SimulatorError } from '@cinder-flasharray/simulator';
import { bytesOf, type Knowledge, type KnownVolume } from './knowledge.ts';
import { isMachine } from './machines.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';
import type { Trace } from './trace.ts';

export interface HostsOptions {
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly site: Site;
  readonly random: Random;
  readonly trace: Trace;
  readonly find: (finding: string) => void;
  /** Hosts may have lost their paths: an array is away, or the back end went to another. */
  readonly isDisturbed: () => boolean;
}

/** Machines that write to the volumes they have attached. */
export class Hosts {
  readonly #options: HostsOptions;
  writes = 0;

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /** A write of one host to one volume that it has, if there is one. */
  async write(): Promise<void> {
    const { knowledge, random, control, trace, find, isDisturbed } = this.#options;
    const used = [
      ...[...knowledge.attachments.values()].filter(({ state }) => state === 'complete'),
      ...[...knowledge.connections.values()].filter(({ state }) => state === 'connected'),
    ];
    const use = random.pick(used);
    const volume = use === undefined ? undefined : knowledge.volumes.get(use.volumeId);
    if (use === undefined || volume === undefined || volume.isRepaired) {
      return;
    }
    const path = await this.#path(use.volumeId, use.host);
    if (path === null) {
      if (!isDisturbed()) {
        find(`[host-lost-volume] host ${use.host} has volume ${volume.id} attached, and no array shows it`);
      }
      return;
    }
    const value = knowledge.nextWrite();
    this.writes += 1;
    trace.add(`host ${use.host} writes ${value} to ${path.volume} on ${path.array}`);
    try {
      await control.writeVolume(path.array, path.volume, 0, bytesOf(value));
    } catch (error) {
      if (!(error instanceof SimulatorError)) {
        throw error;
      }
      // This side of the pod takes no writes at the moment.
      trace.add(`host ${use.host} is refused: ${error.message}`);
      return;
    }
    knowledge.written(volume, value);
  }

  async #path(
    volumeId: KnownVolume['id'],
    host: string,
  ): Promise<{ readonly array: string; readonly volume: string } | null> {
    const { site, control } = this.#options;
    for (const array of site.arrays.values()) {
      const state = await control.state(array);
      const names = state.hosts.filter((candidate) => isMachine(candidate, host)).map(({ name }) => name);
      const own = state.connections.find(
        (connection) =>
          connection.volume.endsWith(`volume-${volumeId}-cinder`) && names.includes(connection.host ?? ''),
      );
      if (own !== undefined && !state.down) {
        return { array, volume: own.volume };
      }
    }
    return null;
  }
}
