import type { SimulatorControl } from '@cinder-flasharray/simulator';
import type { Knowledge } from './knowledge.ts';
import type { Rows } from './rows.ts';
import type { Site } from './site.ts';

/** What a world may end with, by what was done to it. Everything else is a promise that was broken. */
export interface Allowances {
  /** Objects may end in error: the array refused for long, or a rule of failover says so. */
  readonly errors: boolean;
  /** The back end took nothing new for a while: what was asked for then ends in error, on no back end. */
  readonly unplaced: boolean;
  /** Contents may be those of an earlier time: asynchronous copies were taken. */
  readonly olderContents: boolean;
  /** Attachments made on another array need no connection on this one. */
  readonly lostConnections: boolean;
}

export interface OracleInput {
  readonly rows: Rows;
  readonly site: Site;
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly allowances: Allowances;
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
