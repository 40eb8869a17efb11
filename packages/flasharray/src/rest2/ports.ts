import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { NetworkInterface, NetworkInterfaces, Port, Ports } from '../port/ports.ts';
import { optionalPortal, optionalText, plainWwn } from '../shared/portal.ts';
import type { Rest2Client } from './client.ts';

const portRow = z
  .object({
    name: z.string(),
    iqn: optionalText,
    nqn: optionalText,
    wwn: optionalText,
    portal: optionalPortal,
  })
  .transform((row): Port => ({ ...row, wwn: row.wwn === null ? null : plainWwn(row.wwn) }));

const interfaceRow = z
  .object({
    name: z.string(),
    enabled: z.boolean(),
    services: optional(z.array(z.string())),
    eth: optional(z.object({ address: optionalText })),
  })
  .transform(
    (row): NetworkInterface => ({
      name: row.name,
      enabled: row.enabled,
      services: row.services ?? [],
      address: row.eth?.address ?? null,
    }),
  );

/** Ports over REST 2.x (section 7.17): `GET ports`. */
export class Rest2Ports implements Ports {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly Port[]> {
    return this.#client.run(options, (call) => this.#client.all(call, 'ports', {}, portRow));
  }
}

/** Interfaces over REST 2.x (section 7.18): `GET network-interfaces`, from REST 2.4 on. */
export class Rest2NetworkInterfaces implements NetworkInterfaces {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly NetworkInterface[]> {
    return this.#client.run(options, (call) =>
      this.#client.all(call, 'network-interfaces', {}, interfaceRow),
    );
  }
}
