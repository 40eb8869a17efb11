import { tryJson } from './try-json.ts';

/** Fields of bodies, and headers, that nobody may read: `host_password`, `target_password`, `api_token`, `api-token`. */
const secretName = /password|token|cookie/i;

/**
 * A text that the array, or whoever answered for it, has given to a request: what it repeats of the request's secrets is
 * taken out.
 */
export function withoutSecrets(
  text: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): string {
  const secrets = [
    ...Object.entries(headers).flatMap(([name, value]) => (secretName.test(name) ? [value] : [])),
    ...(body === undefined ? [] : secretsIn(tryJson(body))),
  ];
  return secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .filter((secret) => secret !== '')
    .reduce((plain, secret) => plain.replaceAll(secret, '***'), text);
}

function secretsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === 'string' ? (secretName.test(name) ? [field] : []) : secretsIn(field),
  );
}
