import type { ExportRole } from '../contract/volume-driver.ts';

/** Cinder's `create_export`, `ensure_export` and `remove_export`. */
export const exports: ExportRole = {
  create: async () => undefined,
  ensure: async () => undefined,
  remove: async () => undefined,
};
