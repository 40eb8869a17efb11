import { Secret } from '@cinder-flasharray/common';
import type { InitiatorSecrets } from '@cinder-flasharray/driver';
import type { Store } from '@cinder-flasharray/store';

/** Key under which the Python driver keeps them too: both find each other's. */
const key = 'PURE_TARGET_CHAP_SECRET';

/** CHAP secrets in `driver_initiator_data`, in a back end's namespace. */
export function storedInitiatorSecrets(store: Store, namespace: string): InitiatorSecrets {
  return {
    get: async (initiator) => {
      const value = await store.initiatorData.get(initiator, namespace, key);
      return value === null ? null : new Secret(value);
    },
    insertIfAbsent: async (initiator, secret) =>
      new Secret(await store.initiatorData.insertIfAbsent(initiator, namespace, key, secret.expose())),
  };
}
