import { z } from 'zod';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { VolumeGroupState, VolumeGroups } from '../port/volume-groups.ts';
import type { QosLimits } from '../port/volumes.ts';
import { isSameName } from '../shared/object-name.ts';
import type { Rest2Client } from './client.ts';

const groupRow = z.object({ name: z.string(), volume_count: z.int().nonnegative(), destroyed: z.boolean() });

const resource = 'volume-groups';

/** `PATCH volume-groups` takes the empty text from here on; before, a limit is unset by its maximum (section 7.7). */
const emptyTextVersion = 20;
const largestIops = 100_000_000;
const largestBandwidth = 512 * 2 ** 30;

/** Volume groups over REST 2.x (section 7.7). */
export class Rest2VolumeGroups implements VolumeGroups {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `POST volume-groups` */
  create(name: string, { iops, bytesPerSecond }: QosLimits, options?: CallOptions): Promise<void> {
    const qos = {
      ...(iops === null ? {} : { iops_limit: iops }),
      ...(bytesPerSecond === null ? {} : { bandwidth_limit: bytesPerSecond }),
    };
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'POST', resource, { names: [name] }, { qos }),
    );
  }

  /** `GET volume-groups` */
  find(name: string, options?: CallOptions): Promise<VolumeGroupState> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.items(call, resource, { names: [name] }, groupRow),
        [],
      );
      const row = rows.find((candidate) => isSameName(candidate.name, name));
      if (row === undefined) {
        return { kind: 'absent' };
      }
      return row.destroyed ? { kind: 'destroyed' } : { kind: 'live', volumes: row.volume_count };
    });
  }

  /** `PATCH volume-groups` */
  setQos(name: string, { iops, bytesPerSecond }: QosLimits, options?: CallOptions): Promise<void> {
    const unset = this.#client.has(emptyTextVersion);
    return this.#patch(
      name,
      {
        qos: {
          iops_limit: iops ?? (unset ? '' : largestIops),
          bandwidth_limit: bytesPerSecond ?? (unset ? '' : largestBandwidth),
        },
      },
      options,
    );
  }

  /** `PATCH volume-groups` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#patch(name, { destroyed: false }, options);
  }

  /** `PATCH volume-groups`, without `destroy_contents`, so that the array refuses while volumes are in it. */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#patch(name, { destroyed: true }, options);
  }

  /** `DELETE volume-groups`, without `eradicate_contents`. */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', resource, { names: [name] }),
    );
  }

  #patch(name: string, body: object, options: CallOptions | undefined): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PATCH', resource, { names: [name] }, body),
    );
  }
}
