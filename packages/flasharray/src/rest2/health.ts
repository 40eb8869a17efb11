import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { optional } from '../http/json-reply.ts';
import { unlessRefused } from '../http/unless-refused.ts';
import type { CallOptions } from '../port/call-options.ts';
import type { Administrator, Alert, HardwareComponent, Health } from '../port/health.ts';
import {
  administratorRole,
  alertSeverity,
  apiTokenExpiry,
  byName,
  hardwareKind,
  hardwareStatus,
} from '../shared/health-words.ts';
import { optionalText } from '../shared/portal.ts';
import type { Rest2Client } from './client.ts';
import { optionalName, time } from './fields.ts';

const alertRow = z
  .object({
    name: z.string(),
    code: optional(z.int()),
    severity: z.string(),
    component_type: optionalText,
    component_name: optionalText,
    summary: optionalText,
    description: optionalText,
    created: time,
  })
  .transform(
    (row): Alert => ({
      id: row.name,
      severity: alertSeverity(row.severity),
      code: row.code,
      componentType: row.component_type,
      componentName: row.component_name,
      summary: row.summary ?? row.description ?? `alert ${row.code ?? row.name}`,
      description: row.description,
      created: row.created,
    }),
  );

const hardwareRow = z
  .object({
    name: z.string(),
    type: optionalText,
    status: optionalText,
    details: optionalText,
    slot: optional(z.int()),
  })
  .transform(
    (row): HardwareComponent => ({
      kind: hardwareKind(row.type, row.name),
      name: row.name,
      status: hardwareStatus(row.status ?? ''),
      details: row.details,
      slot: row.slot,
    }),
  );

const driveRow = z.object({ name: z.string(), status: optionalText, details: optionalText }).transform(
  (row): HardwareComponent => ({
    kind: 'drive',
    name: row.name,
    status: hardwareStatus(row.status ?? ''),
    details: row.details,
    slot: null,
  }),
);

const adminRow = z.object({
  name: z.string(),
  role: optionalName,
  api_token: optional(z.object({ created_at: optional(time), expires_at: optional(time) })),
});

/** Drives are listed from REST 2.4 on (section 7.20). */
const driveVersion = 4;

/** The health of the array over REST 2.x (sections 7.20 to 7.22). */
export class Rest2Health implements Health {
  readonly #client: Rest2Client;

  constructor(client: Rest2Client) {
    this.#client = client;
  }

  /** `GET alerts` */
  openAlerts(options?: CallOptions): Promise<readonly Alert[]> {
    return this.#client.run(options, async (call) => {
      const alerts = await this.#client.all(call, 'alerts', { filter: "state='open'" }, alertRow);
      return alerts.toSorted((one, other) => other.created - one.created);
    });
  }

  /** In one round: `GET hardware` and `GET drives` */
  hardware(options?: CallOptions): Promise<readonly HardwareComponent[]> {
    return this.#client.run(options, async (call) => {
      const [hardware, drives] = await Promise.all([
        this.#client.all(call, 'hardware', {}, hardwareRow),
        this.#drives(call),
      ]);
      return [...hardware, ...drives].toSorted(byName);
    });
  }

  /** `GET admins` with the user that the array named when it began the session */
  administrator(options?: CallOptions): Promise<Administrator> {
    return this.#client.run(options, async (call) => {
      const name = await this.#client.user(call);
      // A user of a directory is not in the list, and a role with few rights may not read it.
      const [row] = await unlessRefused(
        () => this.#client.items(call, 'admins', { names: [name] }, adminRow),
        [],
      );
      const token = row?.api_token ?? null;
      return {
        name,
        ...administratorRole(row?.role ?? null),
        apiTokenExpiry: apiTokenExpiry(
          token === null ? null : { created: token.created_at, expires: token.expires_at },
        ),
      };
    });
  }

  async #drives(call: Call): Promise<readonly HardwareComponent[]> {
    return this.#client.has(driveVersion) ? await this.#client.all(call, 'drives', {}, driveRow) : [];
  }
}
