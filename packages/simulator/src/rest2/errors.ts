/** An entry of a REST 2 error body (purity-rest-2.x.md section 3). */
export type Rest2ErrorEntry = { readonly context: string | null; readonly message: string };

/** Ends a call with an HTTP status and `{"errors": [...]}`. */
export class Rest2Error extends Error {
  readonly status: number;
  readonly entries: readonly Rest2ErrorEntry[];

  constructor(status: number, entries: readonly Rest2ErrorEntry[]) {
    super(entries.map((entry) => entry.message).join(' '));
    this.name = 'Rest2Error';
    this.status = status;
    this.entries = entries;
  }
}

/** 400 for a parameter or field that is unknown or has an unusable value. */
export function invalidParameter(name: string): Rest2Error {
  return new Rest2Error(400, [{ context: name, message: 'Invalid parameter.' }]);
}

/** 400 for parameters that may not come together. */
export function invalidCombination(): Rest2Error {
  return new Rest2Error(400, [{ context: null, message: 'Invalid combination of parameters specified.' }]);
}

/** 400 for a PATCH that changes nothing. */
export function noAttribute(): Rest2Error {
  return new Rest2Error(400, [{ context: null, message: 'No attribute specified.' }]);
}

/** 400 for a call that does not say which object it is about. */
export function missingParameter(name: string): Rest2Error {
  return new Rest2Error(400, [{ context: name, message: 'Missing required parameter.' }]);
}
