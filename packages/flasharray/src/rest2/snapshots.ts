import { z } from 'zod';
import { unlessAbsent } from '../http/unless-absent.ts';
import { isArrayError } from '../port/array-error.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Snapshot, SnapshotState, SnapshotSummary, Snapshots } from '../port/snapshots.ts';
import { isSameName } from '../shared/object-name.ts';
import type { Rest2Client } from './client.ts';
import { requiredName, size, time } from './fields.ts';

const snapshotRow = z.object({
  name: z.string(),
  source: requiredName,
  serial: z.string(),
  provisioned: size,
  created: time,
  destroyed: z.boolean(),
});
const summaryRow = snapshotRow.pick({ name: true, source: true, provisioned: true, destroyed: true });
type SnapshotRow = z.infer<typeof snapshotRow>;

const resource = 'volume-snapshots';

/** Volume snapshots over REST 2.x (section 7.2). */
export class Rest2Snapshots implements Snapshots {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `POST volume-snapshots` */
  create(volume: string, suffix: string, options?: CallOptions): Promise<Snapshot> {
    return this.#client.run(options, async (call) =>
      toSnapshot(
        await this.#client.change(
          call,
          'POST',
          resource,
          { source_names: [volume] },
          { suffix },
          snapshotRow,
        ),
      ),
    );
  }

  /** `GET volume-snapshots` */
  find(name: string, options?: CallOptions): Promise<SnapshotState> {
    return this.#client.run(options, async (call) => {
      const rows = await unlessAbsent(
        () => this.#client.items(call, resource, { names: [name] }, snapshotRow),
        [],
      );
      return stateOf(rows.find((row) => isSameName(row.name, name)));
    });
  }

  /** `GET volume-snapshots`, a call a page. */
  async *listOf(volume: string, options?: CallOptions): AsyncIterable<readonly Snapshot[]> {
    const query = { source_names: [volume], destroyed: false };
    for await (const rows of this.#client.pages(options, resource, query, snapshotRow)) {
      yield rows.map(toSnapshot);
    }
  }

  /** `GET volume-snapshots`, a call a page. */
  async *summaries(options?: CallOptions): AsyncIterable<readonly SnapshotSummary[]> {
    for await (const rows of this.#client.pages(options, resource, {}, summaryRow)) {
      yield rows.map(({ name, source, provisioned, destroyed }) => ({
        name,
        source,
        size: provisioned,
        destroyed,
      }));
    }
  }

  /**
   * `PATCH volume-snapshots` with the new suffix, as the specification says. Arrays that want the full name (section
   * 7.2) refuse the suffix and are asked again.
   */
  rename(name: string, newSuffix: string, options?: CallOptions): Promise<void> {
    const fullName = `${name.slice(0, name.lastIndexOf('.'))}.${newSuffix}`;
    return this.#client.run(options, async (call) => {
      try {
        await this.#client.send(call, 'PATCH', resource, { names: [name] }, { name: newSuffix });
      } catch (error) {
        if (!isArrayError(error, 'invalid')) {
          throw error;
        }
        await this.#client.send(call, 'PATCH', resource, { names: [name] }, { name: fullName });
      }
    });
  }

  /** `PATCH volume-snapshots` */
  destroy(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'PATCH', resource, { names: [name] }, { destroyed: true }),
    );
  }

  /** `DELETE volume-snapshots` */
  eradicate(name: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', resource, { names: [name] }),
    );
  }
}

function stateOf(row: SnapshotRow | undefined): SnapshotState {
  if (row === undefined) {
    return { kind: 'absent' };
  }
  return row.destroyed ? { kind: 'destroyed' } : { kind: 'live', snapshot: toSnapshot(row) };
}

function toSnapshot(row: SnapshotRow): Snapshot {
  return {
    name: row.name,
    source: row.source,
    serial: row.serial,
    size: row.provisioned,
    created: row.created,
  };
}
