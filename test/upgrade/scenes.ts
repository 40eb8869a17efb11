import type { Facts } from './facts.ts';
import { host } from './requests.ts';
import type { UpgradeSite } from './state-files.ts';

/** What there is before each kind of work, with everything at rest. */
export const scenes: Readonly<Record<UpgradeSite, Facts>> = {
  one: {
    service: 'disabled',
    'volume plain': 'available, 1 GiB, plain, holds 1',
    'volume snapped': 'available, 1 GiB, plain, holds 4',
    'snapshot first': 'available, of snapped, 1 GiB, holds 2',
    'snapshot second': 'available, of snapped, 1 GiB, holds 3',
    'volume gold': 'available, 1 GiB, gold, holds 5',
    'volume reserved': 'reserved, 1 GiB, plain, holds 6',
    'attachment of reserved': 'reserved',
    'volume connected': 'in-use, 1 GiB, plain, holds 7',
    'attachment of connected': `attached, ${host}`,
    'connection of connected': host,
    'volume older': 'detaching, 1 GiB, plain, holds 8',
    'attachment of older': 'attached',
    'connection of older': host,
    'volume waiting': 'attaching, 1 GiB, plain, holds 9',
    'volume one': 'available, 1 GiB, plain, holds 12',
    'volume other': 'available, 1 GiB, plain, holds 13',
    'group pair': 'available, of one, other',
    'group snapshot pair': 'available, of pair',
    'snapshot of one': 'available, of one, 1 GiB, holds 10',
    'snapshot of other': 'available, of other, 1 GiB, holds 11',
    'by hand admin-made': 'holds 14',
  },
  sync: {
    service: 'enabled',
    'volume plain': 'available, 1 GiB, plain, holds 1, disabled',
    'volume mirror': 'available, 1 GiB, mirror-sync, holds 2, enabled',
  },
  async: {
    service: 'enabled',
    'volume plain': 'available, 1 GiB, plain, holds 1, disabled',
    'volume mirror': 'available, 1 GiB, mirror-async, holds 2, enabled',
  },
};
