import type { Records } from '@cinder-flasharray/store';

/** `host@backend` of every service that takes no new volumes. */
export async function disabledHosts(records: Records): Promise<ReadonlySet<string>> {
  const services = await records.services.list();
  return new Set(services.filter(({ disabled }) => disabled).map(({ host }) => host));
}
