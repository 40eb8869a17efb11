import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { unlessAbsent } from '../http/unless-absent.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Connection, ConnectionFilter, Connections } from '../port/connections.ts';
import type { Rest2Client } from './client.ts';
import { optionalName, requiredName } from './fields.ts';
import type { Query } from './query.ts';

const connectionRow = z
  .object({ volume: requiredName, host: optionalName, host_group: optionalName, lun: optional(z.int()) })
  .transform(
    (row): Connection => ({ volume: row.volume, host: row.host, hostGroup: row.host_group, lun: row.lun }),
  );

/** Connections over REST 2.x (section 7.6). */
export class Rest2Connections implements Connections {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET connections` */
  list(filter: ConnectionFilter, options?: CallOptions): Promise<readonly Connection[]> {
    const query =
      'volumes' in filter
        ? { volume_names: filter.volumes }
        : {
            volume_names: filter.volume === undefined ? null : [filter.volume],
            host_names: filter.host === undefined ? null : [filter.host],
          };
    return this.#client.run(options, (call) =>
      unlessAbsent(() => this.#client.all(call, 'connections', query, connectionRow), []),
    );
  }

  /** `POST connections` */
  create(volume: string, host: string, options?: CallOptions): Promise<Connection> {
    return this.#client.run(options, (call) =>
      this.#client.change(call, 'POST', 'connections', pair(volume, host), {}, connectionRow),
    );
  }

  /** `DELETE connections` */
  delete(volume: string, host: string, options?: CallOptions): Promise<void> {
    return this.#client.run(options, (call) =>
      this.#client.send(call, 'DELETE', 'connections', pair(volume, host)),
    );
  }
}

function pair(volume: string, host: string): Query {
  return { host_names: [host], volume_names: [volume] };
}
