import type { FlashArray } from '../port/flash-array.ts';

/** What an adapter provides; the identity is read with it, signals and closing belong to the connection. */
export type ArrayRoles = Omit<FlashArray, 'identity' | 'within' | 'close'>;
