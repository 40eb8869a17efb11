/** Status words of hardware: those of real arrays and those of the documents (purity-rest-2.x.md section 7.20). */
export type HardwareStatus =
  | 'ok'
  | 'healthy'
  | 'unhealthy'
  | 'critical'
  | 'identifying'
  | 'unknown'
  | 'unused'
  | 'not_installed';

/** Status words of drives (purity-rest-2.x.md section 7.20). */
export type DriveStatus =
  | 'healthy'
  | 'empty'
  | 'failed'
  | 'identifying'
  | 'missing'
  | 'recovering'
  | 'unadmitted'
  | 'unhealthy'
  | 'unrecognized'
  | 'updating';

/** What somebody has changed of a component or a drive; it is healthy else. */
export type PartChanges<Status> = Readonly<
  Record<string, { readonly status?: Status; readonly details?: string | null; readonly identify?: boolean }>
>;
