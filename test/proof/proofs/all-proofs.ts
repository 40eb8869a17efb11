import type { Proof } from '../proof.ts';
import { connectionProofs } from './connections.ts';

export const allProofs: readonly Proof[] = [...connectionProofs];
