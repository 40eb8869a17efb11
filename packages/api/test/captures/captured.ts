import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Requests to a real Cinder 21 and its answers, kept beside the checkout where there are any. */
const folder = join(import.meta.dirname, '../../../../../shared/reference/cinder-http');

const exchange = z.object({
  request: z.object({
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
});

export interface Captured extends z.output<typeof exchange> {
  /** `21-create-volume-raw #1: GET volumes/...`. */
  readonly name: string;
  /** Path below the project, without its query: `volumes/detail`. */
  readonly resource: string;
  /** The key of a `POST .../action`. */
  readonly action: string | null;
}

export const capturesArePresent = existsSync(folder);

/** Every exchange, in order; empty when there are none on this machine. */
export function captures(): readonly Captured[] {
  if (!capturesArePresent) {
    return [];
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) =>
      z
        .array(exchange)
        .parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
        .map((one, index) => {
          const { method, url, body } = one.request;
          const [path = ''] = url.split('?');
          const resource = path.replace(/^\/v3\/?/, '').replace(/^[0-9a-f]{32}\/?/, '');
          return {
            ...one,
            name: `${file.replace('.json', '')} #${index}: ${method} ${resource}`,
            resource,
            action:
              resource.endsWith('/action') && typeof body === 'object' && body !== null
                ? (Object.keys(body)[0] ?? null)
                : null,
          };
        }),
    );
}
