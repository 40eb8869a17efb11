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
import { isSameName } from '../shared/object-name.ts';
import { optionalText } from '../shared/portal.ts';
import type { Rest1Client } from './client.ts';
import { time } from './fields.ts';

const messageRow = z
  .object({
    id: z.union([z.int(), z.string()]).transform(String),
    code: optional(z.int()),
    current_severity: z.string(),
    component_type: optionalText,
    component_name: optionalText,
    event: z.string(),
    details: optionalText,
    opened: time,
  })
  .transform(
    (row): Alert => ({
      id: row.id,
      severity: alertSeverity(row.current_severity),
      code: row.code,
      componentType: row.component_type,
      componentName: row.component_name,
      summary: row.event,
      description: row.details,
      created: row.opened,
    }),
  );

const componentRow = z.object({
  name: z.string(),
  status: optionalText,
  details: optionalText,
  slot: optional(z.int()),
});

const adminRow = z.object({ name: z.string(), role: optionalText });
const tokenRow = z.object({ name: z.string(), created: optional(time), expires: optional(time) });

/** The health of the array over REST 1.x (sections 2.11 and 2.12). */
export class Rest1Health implements Health {
  readonly #client: Rest1Client;

  constructor(client: Rest1Client) {
    this.#client = client;
  }

  /** `GET message` with `open` */
  openAlerts(options?: CallOptions): Promise<readonly Alert[]> {
    return this.#client.run(options, async (call) => {
      const alerts = await this.#client.all(call, ['message'], { open: true }, messageRow);
      return alerts.toSorted((one, other) => other.created - one.created);
    });
  }

  /** In one round: `GET hardware` and `GET drive`; rows have no type here, their names tell it */
  hardware(options?: CallOptions): Promise<readonly HardwareComponent[]> {
    return this.#client.run(options, async (call) => {
      const [hardware, drives] = await Promise.all([
        this.#client.all(call, ['hardware'], {}, componentRow),
        this.#client.all(call, ['drive'], {}, componentRow),
      ]);
      return [
        ...hardware.map((row) => ({ ...row, kind: hardwareKind(null, row.name) })),
        ...drives.map((row) => ({ ...row, kind: 'drive' as const })),
      ]
        .map((row) => ({ ...row, status: hardwareStatus(row.status ?? '') }))
        .toSorted(byName);
    });
  }

  /**
   * In one round: `GET admin`, and the same with `api_token`, because each tells only its half. The lists, because
   * single users are read from REST 1.14 on.
   */
  administrator(options?: CallOptions): Promise<Administrator> {
    return this.#client.run(options, async (call) => {
      const name = await this.#client.user(call);
      const [admin, token] = await Promise.all([
        this.#own(call, name, {}, adminRow),
        this.#own(call, name, { api_token: true }, tokenRow),
      ]);
      return { name, ...administratorRole(admin?.role ?? null), apiTokenExpiry: apiTokenExpiry(token) };
    });
  }

  /** The user's row; null for a user of a directory, and where the array does not show it to this user. */
  async #own<T extends { readonly name: string }>(
    call: Call,
    name: string,
    parameters: Readonly<Record<string, boolean>>,
    row: z.ZodType<T>,
  ): Promise<T | null> {
    const rows = await unlessRefused(() => this.#client.all(call, ['admin'], parameters, row), []);
    return rows.find((each) => isSameName(each.name, name)) ?? null;
  }
}
