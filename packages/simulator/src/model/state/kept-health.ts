import type { Alert } from './alert.ts';
import type { ArrayModel } from './array-model.ts';

/** Alerts, and what is changed of hardware and drives, as they are kept between starts. */
export type KeptHealth = Pick<ArrayModel, 'hardware' | 'drives'> & { readonly alerts: readonly Alert[] };

export function keepHealth(model: ArrayModel): KeptHealth {
  return { hardware: model.hardware, drives: model.drives, alerts: model.alerts.sorted() };
}

/** @param kept absent in a file of before there was hardware */
export function restoreHealth(model: ArrayModel, kept: KeptHealth | undefined): void {
  model.hardware = kept?.hardware ?? {};
  model.drives = kept?.drives ?? {};
  for (const alert of kept?.alerts ?? []) model.alerts.put(alert);
}
