import type { BlockStorage, CapabilitiesView } from '@cinder-flasharray/block-storage';
import { ok, param, type Route } from '../http/route.ts';

/** `capabilities/{host}`: what a back end's driver says of itself. */
export function capabilityRoutes(blockStorage: BlockStorage): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/capabilities/:host',
      handler: async (request) =>
        ok(capabilitiesView(await blockStorage.capabilities(request.context, param(request, 'host')))),
    },
  ];
}

function capabilitiesView(view: CapabilitiesView): Readonly<Record<string, unknown>> {
  return {
    namespace: view.namespace,
    vendor_name: view.vendorName,
    volume_backend_name: view.volumeBackendName,
    pool_name: view.poolName,
    driver_version: view.driverVersion,
    storage_protocol: view.storageProtocol,
    display_name: view.displayName,
    description: view.description,
    visibility: view.visibility,
    replication_targets: view.replicationTargets,
    properties: view.properties,
  };
}
