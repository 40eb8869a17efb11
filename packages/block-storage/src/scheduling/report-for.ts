import {
  type BackendReport,
  backendHostOf,
  describeCondition,
  isInService,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';

/** @throws BlockStorageError `unknown` when no back end is at the host; `backend-unavailable` */
export function reportFor(
  { backends }: BlockStorageDependencies,
  host: string,
  unknown = new BlockStorageError('service-not-found', `Service ${host} could not be found.`),
): BackendReport {
  const report = backends.reports().find((candidate) => candidate.host === backendHostOf(host));
  if (report === undefined) {
    throw unknown;
  }
  if (!isInService(report.condition) || report.capabilities === null) {
    throw new BlockStorageError(
      'backend-unavailable',
      `Service is unavailable at this time: ${report.host} ${describeCondition(report.condition)}`,
    );
  }
  return report;
}
