import type { FlashArray } from '../port/flash-array.ts';

/** What an adapter provides; the identity is read with it, and closing belongs to the connection. */
export type ArrayRoles = Omit<FlashArray, 'identity' | 'close'>;
