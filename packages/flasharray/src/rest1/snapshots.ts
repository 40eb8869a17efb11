import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Snapshot, SnapshotState, SnapshotSummary, Snapshots } from '../port/snapshots.ts';
import { isSameName } from '../shared/object-name.ts';
import { type Rest1Client, single } from './client.ts';
import { size, time } from './fields.ts';

const snapshotRow = z.object({
  name: z.string(),
  source: z.string(),
  serial: z.string(),
  size,
  created: time,
});

/** With `pending`: seconds until eradication, null while the snapshot is live. */
const pendingRow = snapshotRow.extend({ time_remaining: optional(z.number()) });

/** Renaming arrives in REST 1.4 (section 2.4). */
export const snapshotRenameVersion = 4;

/** Volume snapshots over REST 1.x (section 2.4). */
export class Rest1Snapshots implements Snapshots {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `POST volume` with `snap` */
  create(volume: string, suffix: string, options?: CallOptions): Promise<Snapshot> {
    return this.#client.run(options, (call) =>
      this.#client.change(
        call,
        'POST',
        ['volume'],
        { snap: true, source: [volume], suffix },
        single(snapshotRow),
      ),
    );
  }

  /** `GET volume/V.S` with `snap` and `pending` */
  find(name: string, options?: CallOptions): Promise<SnapshotState> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.get(call, ['volume', name], { snap: true, pending: true }, z.array(pendingRow)),
        [],
      );
      const row = rows.find((candidate) => isSameName(candidate.name, name));
      if (row === undefined) {
        return { kind: 'absent' };
      }
      const { time_remaining: remaining, ...snapshot } = row;
      return remaining === null ? { kind: 'live', snapshot } : { kind: 'destroyed' };
    });
  }

  /** `GET volume/V` with `snap`, in one call: only lists of all volumes are paged. */
  async *listOf(volume: string, options?: CallOptions): AsyncIterable<readonly Snapshot[]> {
    const rows = await this.#client.run(options, (call) =>
      this.#client.get(call, ['volume', volume], { snap: true }, z.array(snapshotRow)),
    );
    if (rows.length > 0) {
      yield rows;
    }
  }

  /** `GET volume` with `snap` and `pending`, a call a page. */
  async *summaries(options?: CallOptions): AsyncIterable<readonly SnapshotSummary[]> {
    const parameters = { snap: true, pending: true };
    for await (const rows of this.#client.pages(options, ['volume'], parameters, pendingRow)) {
      yield rows.map(({ name, source, size: bytes, time_remaining: remaining }) => ({
        name,
        source,
        size: bytes,
        destroyed: remaining !== null,
      }));
    }
  }

  /** `PUT volume/V.S` with the full new name. */
  rename(name: string, newSuffix: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, async (call) => {
      if (!this.#client.has(snapshotRenameVersion)) {
        throw this.#client.refused(
          'PUT',
          ['volume', name],
          'unsupported',
          'Snapshots cannot be renamed before REST 1.4 (Purity 4.1).',
        );
      }
      const newName = `${name.slice(0, name.lastIndexOf('.'))}.${newSuffix}`;
      await this.#client.send(call, 'PUT', ['volume', name], { name: newName });
    });
  }

  /** `DELETE volume/V.S` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) => this.#client.send(call, 'DELETE', ['volume', name], {}));
  }

  /** `DELETE volume/V.S` with `eradicate` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', ['volume', name], { eradicate: true }),
    );
  }
}
