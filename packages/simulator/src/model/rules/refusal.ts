/** An operation that the array refuses: HTTP 400 in both REST generations (403 only where said). */
export class Refusal extends Error {
  /** Name of the object that the message is about, or null. */
  readonly context: string | null;
  /** What REST 1.x says where its words differ. */
  readonly rest1Message: string;
  readonly status: number;

  constructor(
    message: string,
    context: string | null,
    options: { readonly rest1?: string; readonly status?: number } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.context = context;
    this.rest1Message = options.rest1 ?? message;
    this.status = options.status ?? 400;
  }
}

/** Several refusals of one request, one for each failing name. */
export class Refusals extends Error {
  readonly entries: readonly Refusal[];

  constructor(entries: readonly Refusal[]) {
    super(entries.map((entry) => entry.message).join(' '));
    this.name = 'Refusals';
    this.entries = entries;
  }
}

/**
 * Does the same for each name and reports all failing names together. Names before and after a failing one are
 * done all the same.
 */
export function forEachName<Name, Result>(
  names: readonly Name[],
  act: (name: Name) => Result,
): readonly Result[] {
  const results: Result[] = [];
  const refused: Refusal[] = [];
  for (const name of names) {
    try {
      results.push(act(name));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(error);
    }
  }
  const [only] = refused;
  if (refused.length === 1 && only !== undefined) throw only;
  if (refused.length > 1) throw new Refusals(refused);
  return results;
}

/** The refusal for anything done to a destroyed container but recovering and eradicating it. */
export function containerDestroyed(kind: string, command: string, name: string): Refusal {
  return new Refusal(
    `${kind} has been destroyed. It can be recovered by ${command} recover and eradicated by ${command} eradicate.`,
    name,
  );
}
