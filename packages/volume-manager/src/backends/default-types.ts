import type { Logger } from '@cinder-flasharray/common';
import type { Store } from '@cinder-flasharray/store';

/**
 * Makes the type that `default_volume_type` names, when there is none, bound to the back end it belongs to: the one
 * whose section or `volume_backend_name` has the same name, or the only one there is.
 */
export async function ensureDefaultType(
  dependencies: { readonly store: Store; readonly logger: Logger; readonly randomUuid: () => string },
  name: string | null,
  backends: readonly { readonly section: string; readonly volumeBackendName: string }[],
): Promise<void> {
  const { store, logger, randomUuid } = dependencies;
  if (name === null || (await store.volumeTypes.findByName(name)) !== null) {
    return;
  }
  const [only] = backends;
  const own =
    backends.find(({ volumeBackendName }) => volumeBackendName === name) ??
    backends.find(({ section }) => section === name) ??
    (backends.length === 1 ? only : undefined);
  await store.volumeTypes.insert({
    id: randomUuid(),
    name,
    description: 'Made at first start for default_volume_type',
    isPublic: true,
    extraSpecs: own === undefined ? {} : { volume_backend_name: own.volumeBackendName },
  });
  logger.info({ type: name, backend: own?.volumeBackendName ?? 'any' }, 'made the default volume type');
}
