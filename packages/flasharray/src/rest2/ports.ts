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

/** `network-interfaces` arrives in REST 2.4. */
const interfacesVersion = 4;

/**
 * Interfaces over REST 2.x (section 7.18): `GET network-interfaces`. Before REST 2.4 `GET ports`, which has data ports
 * only: what has a portal serves it. Those arrays have no NVMe over TCP (driver-behaviour section 3.3).
 */
export class Rest2NetworkInterfaces implements NetworkInterfaces {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  list(options?: CallOptions): Promise<readonly NetworkInterface[]> {
    return this.#client.run(options, async (call) =>
      this.#client.has(interfacesVersion)
        ? await this.#client.all(call, 'network-interfaces', {}, interfaceRow)
        : (await this.#client.all(call, 'ports', {}, portRow)).flatMap(servingInterface),
    );
  }
}

function servingInterface({ name, iqn, nqn, portal }: Port): readonly NetworkInterface[] {
  const services = [...(iqn === null ? [] : ['iscsi']), ...(nqn === null ? [] : ['nvme-roce'])];
  return portal === null
    ? []
    : [{ name: name.toLowerCase(), enabled: true, services, address: portal.address }];
}
