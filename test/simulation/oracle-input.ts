import type { SimulatorControl } from '@cinder-flasharray/simulator';
import type { Knowledge } from './knowledge.ts';
import type { Failovers } from './oracle-of-failovers.ts';
import type { Refusals } from './refusals.ts';
import type { Rows } from './rows.ts';
import type { Site } from './site.ts';

/** What a world may end with, by what was done to it. Everything else is a promise that was broken. */
export interface Allowances {
  /** What the array refused for long may have ended in error. */
  readonly refusals: Refusals;
  /** Since when the back end took nothing new: what was asked for then ends in error, on no back end; null: never. */
  readonly closedSince: number | null;
}

export interface OracleInput {
  readonly rows: Rows;
  readonly site: Site;
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly allowances: Allowances;
  readonly failovers: Failovers;
  /** `array host` of hosts of ours that somebody put into a host group: left alone, and left behind. */
  readonly grouped: ReadonlySet<string>;
}

/** Notes a promise that was broken. */
export type Find = (category: string, text: string) => void;

export const gib = 2 ** 30;
/** Full name of a volume of ours on an array, with its UUID second. */
export const ownVolume = /(?:^|\/|::)(volume-([0-9a-f-]{36})-cinder)$/;
export const isTroubled = (status: string): boolean => status.startsWith('error');

/** Array that work is done on, by what the service says. */
export function currentArray(site: Site, rows: Rows): string {
  const active = rows.service?.active_backend_id ?? '';
  return site.arrays.get(active === '' || active === null ? 'default' : active) ?? 'fa1';
}
