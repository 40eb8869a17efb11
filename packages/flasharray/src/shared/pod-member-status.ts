import { z } from 'zod';
import type { PodMember } from '../port/pods.ts';

const statuses: ReadonlyMap<string, PodMember['status']> = new Map([
  ['online', 'online'],
  ['offline', 'offline'],
  ['resyncing', 'resyncing'],
  ['suspended', 'suspended'],
]);

/** Status of an array in a pod (REST 2.x section 7.13, REST 1.x section 2.9); a word that nobody knows promises nothing. */
export const podMemberStatus = z
  .string()
  .transform((word): PodMember['status'] => statuses.get(word) ?? 'unknown');
