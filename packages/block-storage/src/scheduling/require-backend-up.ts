import type { Metadata } from '@cinder-flasharray/store';
import { type BackendReport, describeCondition, isInService } from '@cinder-flasharray/volume-manager';
import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from '../request/request-context.ts';

/**
 * Says why there is no back end for something new, when the reason is that one which might take it is not up: sooner or
 * later it will be, so the caller shall try again. Any other reason is none that waiting helps.
 * @param onlyHost `host@backend` where it has to be; null: anywhere
 * @throws BlockStorageError `no-backend-up`
 */
export function requireBackendUp(
  reports: readonly BackendReport[],
  disabledHosts: ReadonlySet<string>,
  context: Pick<RequestContext, 'isAdmin'>,
  { extraSpecs, onlyHost }: { readonly extraSpecs: readonly Metadata[]; readonly onlyHost: string | null },
): void {
  const names = extraSpecs.flatMap(({ volume_backend_name: name }) => name ?? []);
  const down = reports.filter(
    ({ host, volumeBackendName, condition }) =>
      !isInService(condition) &&
      !disabledHosts.has(host) &&
      (onlyHost === null || onlyHost === host) &&
      names.every((name) => name === volumeBackendName),
  );
  if (down.length === 0) {
    return;
  }
  // Addresses and the array's own words are for those who run the service.
  const words = down.map(({ host, condition }) =>
    context.isAdmin ? `${host} ${describeCondition(condition)}` : `${host} is down`,
  );
  throw new BlockStorageError('no-backend-up', `No back end can take it at the moment: ${words.join('; ')}`);
}
