import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { NetworkInterface, NetworkInterfaces, Port, Ports } from '../port/ports.ts';
import { optionalPortal, optionalText, plainWwn } from '../shared/portal.ts';
import type { Rest1Client } from './client.ts';

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
    address: optionalText,
  })
  .transform((row): NetworkInterface => ({ ...row, services: row.services ?? [] }));

/** Ports over REST 1.x (section 2.8): `GET port`. */
export class Rest1Ports implements Ports {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly Port[]> {
    return this.#client.run(options, (call) => this.#client.get(call, ['port'], {}, z.array(portRow)));
  }
}

/** Interfaces over REST 1.x (section 2.8): `GET network`. */
export class Rest1NetworkInterfaces implements NetworkInterfaces {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly NetworkInterface[]> {
    return this.#client.run(options, (call) =>
      this.#client.get(call, ['network'], {}, z.array(interfaceRow)),
    );
  }
}
