import type { Records } from '@cinder-flasharray/store';

/** `host@backend` of a `host@backend#pool`. */
export function backendHostOf(host: string): string {
  const [backend = host] = host.split('#');
  return backend;
}

/** Where a volume is: `host@backend#pool`; null when it is on no back end, or gone. */
export async function volumeHost(records: Records, volumeId: string): Promise<string | null> {
  return (await records.volumes.summary(volumeId))?.host ?? null;
}
