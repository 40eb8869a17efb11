import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { Route } from '../http/route.ts';
import { capabilityRoutes } from './capability-routes.ts';
import { capacityRoutes } from './capacity-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { serviceRoutes } from './service-routes.ts';

/** What operators and clients ask about the service itself: services, pools, zones, limits, quotas, messages. */
export function adminRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  return [
    ...serviceRoutes(blockStorage),
    ...capacityRoutes(blockStorage),
    ...capabilityRoutes(blockStorage),
    ...quotaRoutes(blockStorage),
    ...messageRoutes(blockStorage, maxLimit),
    ...discoveryRoutes(),
  ];
}
