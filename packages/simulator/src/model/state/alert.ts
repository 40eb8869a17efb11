/** An alert (purity-rest-2.x.md section 7.21). */
export type Alert = {
  readonly id: string;
  /** A number in decimal digits. */
  readonly name: string;
  readonly code: number;
  readonly severity: 'info' | 'warning' | 'critical' | 'hidden';
  readonly category: 'array' | 'hardware' | 'software';
  readonly componentType: string;
  readonly componentName: string;
  readonly summary: string;
  readonly description: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly flagged: boolean;
  readonly created: number;
  readonly updated: number;
  /** null while it is open. */
  readonly closed: number | null;
};

/** What an alert is about. */
export type NewAlert = Pick<Alert, 'severity' | 'componentType' | 'componentName' | 'summary'> & {
  /** Default 7. */
  readonly code?: number;
  /** Default `hardware`. */
  readonly category?: 'array' | 'hardware' | 'software';
  /** Default: the summary. */
  readonly description?: string;
  readonly expected?: string;
  readonly actual?: string;
};
