import type { Answer } from './clients.ts';
import { connectionPoints } from './points-of-connections.ts';
import { groupPoints } from './points-of-groups.ts';
import { volumePoints } from './points-of-volumes.ts';
import type { Scene, View } from './scene.ts';
import type { SiteName } from './site.ts';

/** One operation of the service, which is broken off at every point of it. */
export interface PointOperation {
  readonly name: string;
  readonly site: SiteName;
  /** Sets the scene. */
  prepare(scene: Scene): Promise<PreparedOperation>;
}

export interface PreparedOperation {
  /** One request; the clients know afterwards what its answer tells them. */
  request(): Promise<Answer<unknown>>;
  /** @returns what is not as it was asked for; null: it is done */
  missing(view: View): string | null;
  /** @returns what is not as it was before; null: nothing is done. Absent: rows are compared. */
  remains?(view: View): string | null;
  /** Once it is done: clients come to know what was made, although no answer told them. Absent: nothing was. */
  adopt?(view: View): void;
  /** What a client does that got no answer, as a compute service does it when it comes back. Absent: nothing. */
  clearUp?(): Promise<void>;
}

/** Purity versions that operations run on: the newest with REST 1 only, and one with REST 2. */
export const pointPurities = ['5.3.0', '6.11.0'] as const;

/** Every operation that changes something on an array. */
export const pointOperations: readonly PointOperation[] = [
  ...volumePoints,
  ...connectionPoints,
  ...groupPoints,
];
