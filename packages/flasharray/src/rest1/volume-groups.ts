import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { laterStep } from '../http/later-step.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { VolumeGroupState, VolumeGroups } from '../port/volume-groups.ts';
import type { QosLimits } from '../port/volumes.ts';
import { type Rest1Client, single } from './client.ts';
import { containerVersion, iopsVersion } from './volumes.ts';

const groupRow = z.object({
  name: z.string(),
  volumes: optional(z.array(z.string())),
  time_remaining: optional(z.number()),
});

/** Volume groups over REST 1.x (section 2.10). Their limits arrive with the IOPS limit. */
export class Rest1VolumeGroups implements VolumeGroups {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `POST vgroup/G`; then, for limits, `PUT vgroup/G`. */
  create(name: string, qos: QosLimits, options?: CallOptions): Promise<void> {
    return this.#client.run(options, async (call) => {
      this.#require('POST', name, qos);
      await this.#client.send(call, 'POST', ['vgroup', name], {});
      if (qos.iops !== null || qos.bytesPerSecond !== null) {
        await laterStep(this.#limit(call, name, qos));
      }
    });
  }

  /** `GET vgroup/G` with `pending` */
  find(name: string, options?: CallOptions): Promise<VolumeGroupState> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(containerVersion)) {
        return { kind: 'absent' };
      }
      const row = await unlessAbsent(
        () => this.#client.get(call, ['vgroup', name], { pending: true }, single(groupRow)),
        null,
      );
      if (row === null) {
        return { kind: 'absent' };
      }
      return row.time_remaining === null
        ? { kind: 'live', volumes: row.volumes?.length ?? 0 }
        : { kind: 'destroyed' };
    });
  }

  /** `PUT vgroup/G`; `GET vgroup/G` where groups have no limits. */
  setQos(name: string, qos: QosLimits, options?: CallOptions): Promise<void> {
    return this.#client.run(options, async (call) => {
      this.#require('PUT', name, qos);
      if (this.#client.has(iopsVersion)) {
        await this.#limit(call, name, qos);
        return;
      }
      // There is nothing to set, but the group must be there all the same.
      const row = await this.#client.get(call, ['vgroup', name], { pending: true }, single(groupRow));
      if (row.time_remaining !== null) {
        throw this.#client.refused('PUT', ['vgroup', name], 'destroyed', 'Volume group has been destroyed.');
      }
    });
  }

  /** `PUT vgroup/G` with `action` */
  recover(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PUT', ['vgroup', name], { action: 'recover' }),
    );
  }

  /** `DELETE vgroup/G` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', ['vgroup', name], {}));
  }

  /** `DELETE vgroup/G` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', ['vgroup', name], { eradicate: true }),
    );
  }

  async #limit(call: Call, name: string, { iops, bytesPerSecond }: QosLimits): Promise<void> {
    const body = { iops_limit: iops ?? '', bandwidth_limit: bytesPerSecond ?? '' };
    await this.#client.send(call, 'PUT', ['vgroup', name], body);
  }

  #require(method: 'POST' | 'PUT', name: string, { iops, bytesPerSecond }: QosLimits): void {
    const path = ['vgroup', name] as const;
    if (!this.#client.has(containerVersion)) {
      throw this.#client.refused(
        method,
        [...path],
        'unsupported',
        'There are no volume groups before REST 1.13 (Purity 5.0).',
      );
    }
    if ((iops !== null || bytesPerSecond !== null) && !this.#client.has(iopsVersion)) {
      throw this.#client.refused(
        method,
        [...path],
        'unsupported',
        'Volume groups have no limits before REST 1.17 (Purity 5.3).',
      );
    }
  }
}
