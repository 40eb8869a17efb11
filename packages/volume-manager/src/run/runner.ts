import { DriverError, isTransient } from '@cinder-flasharray/driver';
import type { JsonObject, Records } from '@cinder-flasharray/store';
import type { Backend } from '../backends/backend.ts';
import { OperationError } from '../errors.ts';
import { backendHostOf } from '../rows/backend-host.ts';
import { asError } from './as-error.ts';
import { isClaimed } from './claim.ts';
import { CutOffs } from './cut-offs.ts';
import type { Call, Definition, Ending, Failing, Work } from './definition.ts';
import { Ledger, waitAfter } from './ledger.ts';
import { shared, wanted } from './resource.ts';
import type { Accepted, Attempt, Run, RunnerOptions } from './run.ts';
import { untilAborted } from './until-aborted.ts';
import { untilUp } from './until-up.ts';

/** How long work that was cut off may take to notice, milliseconds. */
const noticeWithin = 1_000;

/**
 * Does for every operation, once: its place in the queues of what it touches, its rows, its back end, tries and waits,
 * its ending, its journal entry.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  readonly #cutOffs: CutOffs;
  readonly #ledger: Ledger;
  readonly #opened = Promise.withResolvers<void>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#cutOffs = new CutOffs(options.clock, options.logger);
    this.#ledger = new Ledger(options, this.#stopping.signal);
  }

  /** Puts work on record, in the transaction that accepts it. It begins with `start` or `run`, after the commit. */
  accept<Answer>(records: Records, work: Work<Answer>): Promise<Accepted<Answer>> {
    return this.#ledger.accept(records, work);
  }

  /** Begins work whose caller does not wait. What is accepted first is done first. */
  start(accepted: Accepted<unknown>): void {
    void this.#supervise(accepted.work.name, this.#perform(accepted));
  }

  /** Begins work and waits for its answer. @throws what the operation's `failed` says */
  async run<Answer>(accepted: Accepted<Answer>): Promise<Answer> {
    if (this.#stopping.signal.aborted) {
      throw new OperationError('stopping', 'The service is stopping.');
    }
    const running = this.#perform(accepted);
    void this.#supervise(accepted.work.name, running);
    return await running;
  }

  /** Takes up what is in the journal already, in the order of these calls. @returns when it has ended */
  takeUp(accepted: Accepted<unknown>): Promise<void> {
    return this.#supervise(accepted.work.name, this.#perform(accepted, true));
  }

  /** Lets work begin: until now it has only taken its place. */
  open(): void {
    this.#opened.resolve();
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.allSettled(this.#running);
    }
  }

  /** Begins nothing any more, ends waits, and lets what is with the array end within the deadline. */
  async drain(deadlineMilliseconds: number): Promise<void> {
    const { clock, logger } = this.#options;
    this.#stopping.abort(new OperationError('stopping', 'The service is stopping.'));
    const timer = new AbortController();
    const deadline = clock.wait(deadlineMilliseconds, timer.signal).catch(() => undefined);
    await Promise.race([this.idle(), deadline]);
    timer.abort();
    if (this.#running.size > 0) {
      this.#cutOffs.endAll();
      await Promise.race([this.idle(), clock.wait(noticeWithin)]);
      logger.warn(
        { unfinished: this.#running.size },
        'stopping with unfinished work: it goes on at the next start',
      );
    }
  }

  #supervise(name: string, running: Promise<unknown>): Promise<void> {
    const watched = running
      .then(() => undefined)
      .catch((error: unknown) => {
        // Whoever waits is told; the rest is in the journal, and in the log.
        if (!(error instanceof OperationError)) {
          this.#options.logger.error({ work: name, error: asError(error) }, 'work ended with an error');
        }
      })
      .finally(() => this.#running.delete(watched));
    this.#running.add(watched);
    return watched;
  }

  async #perform<Answer>({ entryId, work, touches }: Accepted<Answer>, isTakenUp = false): Promise<Answer> {
    const { queue, clock } = this.#options;
    let place = queue.enter(touches.map(wanted));
    const run: Run = {
      entryId,
      name: work.name,
      kind: work.kind,
      mayHaveBegun: isTakenUp,
      isLost: isTakenUp,
      began: clock.elapsed(),
      waited: 0,
      moved: null,
    };
    try {
      await this.#untilStopping(this.#opened.promise);
      return await work.run({
        drive: (definition, details) =>
          this.#drive(run, definition, details, {
            turn: () => place.turn,
            again: () => {
              place.leave();
              place = queue.enter(touches.map(wanted));
            },
          }),
      });
    } finally {
      place.leave();
    }
  }

  async #drive<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
    place: Place,
  ): Promise<A> {
    const { clock, logger } = this.#options;
    if (!(await this.#hasTurn(run, place.turn()))) {
      return await this.#giveUp(run, definition, details);
    }
    // Who had its turn before may have made it needless.
    if (definition.insists !== undefined && !(await this.#isOpen(run))) {
      throw await this.#abandon(run, definition, details);
    }
    for (let tries = 0; ; tries += 1) {
      this.#stopping.signal.throwIfAborted();
      const attempt = await this.#attempt(run, definition, details);
      switch (attempt.kind) {
        case 'ended':
          return attempt.answer;
        case 'failed':
          if (attempt.left !== null) {
            await this.#clearUp(run, attempt.left, place);
          }
          throw attempt.error;
        case 'unclaimed':
          throw await this.#withdraw(run, definition, details, place);
        case 'again': {
          const wait = waitAfter(tries);
          logger.warn({ work: run.name, error: attempt.reason, wait }, 'trying again');
          if (tries > 1) {
            await this.#ledger.postpone(run, wait, attempt.reason);
          }
          await clock.wait(wait, this.#stopping.signal);
          if (definition.insists !== undefined && !(definition.moved !== undefined && run.isLost)) {
            // Others pass meanwhile, and may have made it needless.
            place.again();
            await this.#untilStopping(place.turn());
            if (!(await this.#isOpen(run))) {
              throw await this.#abandon(run, definition, details);
            }
          }
        }
      }
    }
  }

  async #attempt<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
  ): Promise<Attempt<A>> {
    const { store, queue } = this.#options;
    let host: string | null;
    try {
      host = await definition.host(store, details);
    } catch (error) {
      return { kind: 'again', reason: asError(error) };
    }
    const backend = host === null ? undefined : this.#options.backends.get(backendHostOf(host));
    if (definition.backend === 'shared' && backend !== undefined) {
      const failure = await untilUp(run, backend, this.#options, this.#stopping.signal);
      if (failure !== null && run.kind === 'cast') {
        return { kind: 'again', reason: failure };
      }
    }
    // Held for one try, and no longer: a failover must not wait for work that waits for a failover.
    const mode = definition.backend === 'alone' ? 'exclusive' : 'shared';
    const place = queue.enter(
      backend === undefined || definition.backend === 'none'
        ? []
        : [wanted({ ...shared('backend', backend.host), mode })],
    );
    try {
      if (definition.backend === 'alone' && backend !== undefined) {
        await this.#untilStopping(this.#cutOffs.makeWay(backend.host, place.turn));
      }
      await this.#untilStopping(place.turn);
      return await this.#once(run, definition, details, host, backend ?? null);
    } finally {
      place.leave();
    }
  }

  /** @returns false when a call cannot wait for its turn any longer */
  async #hasTurn(run: Run, turn: Promise<void>): Promise<boolean> {
    if (run.kind === 'cast') {
      await this.#untilStopping(turn);
      return true;
    }
    const timer = new AbortController();
    const late = this.#options.clock.wait(this.#options.callDeadline, timer.signal).then(
      () => false,
      () => false,
    );
    try {
      return await this.#untilStopping(Promise.race([turn.then(() => true), late]));
    } finally {
      timer.abort();
    }
  }

  /** Whether the entry is still in the journal: somebody may have found that it is not wanted any more. */
  async #isOpen(run: Run): Promise<boolean> {
    try {
      return await this.#options.store.journal.has(run.entryId);
    } catch {
      return true;
    }
  }

  /** Others have had the volume for too long: the call ends as one that the array refused before anything was made. */
  async #giveUp<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
  ): Promise<A> {
    const loaded = await definition.load(this.#options.store, details);
    const failure = new DriverError('driver', 'Other work on it did not end in time.', { nothingMade: true });
    if (loaded === null) {
      throw failure;
    }
    const failing = await definition.failed(loaded, failure, details);
    await this.#finish(run, { ...failing, next: nextOf(failing), answer: undefined });
    throw failing.error;
  }

  async #once<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
    host: string | null,
    backend: Backend | null,
  ): Promise<Attempt<A>> {
    const { store } = this.#options;
    let loaded: L | null;
    try {
      const claim = definition.claim(details);
      loaded =
        claim === null || (await isClaimed(store, claim)) ? await definition.load(store, details) : null;
      if (loaded === null) {
        return { kind: 'unclaimed' };
      }
    } catch (error) {
      return { kind: 'again', reason: asError(error) };
    }
    const deadline = new AbortController();
    let made: M;
    try {
      const without = definition.withoutArray?.(loaded) ?? null;
      made =
        without === null
          ? await this.#onArray(run, definition, loaded, host, backend, deadline)
          : without.made;
    } catch (error) {
      if (error instanceof DriverError && isAbsent(error)) {
        // Whether the array is lost is asked once for all the work that stumbles over it.
        void backend?.refresh();
      }
      return await this.#fail(run, definition, details, loaded, error);
    } finally {
      deadline.abort();
    }
    const ending = definition.done(loaded, made, details);
    await this.#finish(run, ending);
    if (definition.backend === 'alone') {
      await backend?.failedOver();
    }
    if (ending.refresh && backend !== null) {
      this.#options.refreshSoon(backend.host);
    }
    return { kind: 'ended', answer: ending.answer };
  }

  async #onArray<D, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    loaded: L,
    host: string | null,
    backend: Backend | null,
    finished: AbortController,
  ): Promise<M> {
    const { store, clock, logger, callDeadline } = this.#options;
    const signals = [this.#cutOffs.signalFor(backend?.host ?? null)];
    if (run.kind === 'call' && definition.insists === undefined) {
      const late = new AbortController();
      signals.push(late.signal);
      clock.wait(Math.max(0, run.began + callDeadline - clock.elapsed()), finished.signal).then(
        () => late.abort(),
        // The work is done first.
        () => undefined,
      );
    }
    const signal = AbortSignal.any(signals);
    const driver = this.#driverFor(definition, host, backend).within(signal);
    const call: Call = {
      signal,
      now: clock.now(),
      logger,
      progress: () => undefined,
      note: (write) => store.transaction(write),
      follow: async (works) => {
        for (const accepted of await this.#ledger.follow(run, works)) {
          this.start(accepted);
        }
      },
    };
    return definition.backend === 'alone' && backend !== null
      ? await backend.failOver((progress) => definition.perform(driver, loaded, { ...call, progress }))
      : await definition.perform(driver, loaded, call);
  }

  /** @throws DriverError `not-initialized` */
  #driverFor<D, L, M, A>(definition: Definition<D, L, M, A>, host: string | null, backend: Backend | null) {
    if (backend === null) {
      throw new DriverError(
        'not-initialized',
        host === null ? 'It is on no back end.' : `It is on ${host}, which this service does not serve.`,
        { nothingMade: true },
      );
    }
    return definition.backend === 'shared' ? backend.readyDriver() : backend.driver;
  }

  async #fail<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
    loaded: L,
    error: unknown,
  ): Promise<Attempt<A>> {
    const { clock, logger, patience, callDeadline, backends } = this.#options;
    this.#stopping.signal.throwIfAborted();
    const age = clock.elapsed() - run.began - (run.kind === 'cast' ? run.waited : 0);
    const limit = run.kind === 'call' ? callDeadline : patience;
    const passes = !(error instanceof DriverError) || isTransient(error);
    // A back end that this service does not have does not come.
    const isForeign = error instanceof DriverError && error.code === 'not-initialized' && error.nothingMade;
    const isWorthIt = passes && !isForeign && age < limit && definition.backend !== 'alone';
    const isPatient = definition.insists === 'within-patience' && age < limit;
    if (isWorthIt || definition.insists === 'always' || isPatient) {
      run.mayHaveBegun = true;
      run.moved = (error instanceof DriverError ? definition.moved?.(loaded, error) : null) ?? run.moved;
      // A failure of the database says nothing of where it is.
      run.isLost =
        error instanceof DriverError
          ? error.isVolumeLost || (run.isLost && error.volumeName === null)
          : run.isLost;
      if (definition.insists !== undefined && run.moved !== null) {
        // Others come before the next try, and have to find it where it is.
        await this.#ledger.write(run, run.moved);
      }
      return { kind: 'again', reason: asError(error) };
    }
    const failure =
      error instanceof DriverError
        ? error
        : new DriverError('driver', asError(error).message, { cause: error });
    logger.error({ work: run.name, resource: definition.resourceId(details), error: failure }, 'failed');
    const failing = await definition.failed(loaded, failure, details);
    const hasMoved = failure.volumeName !== null || failure.isVolumeLost;
    const mayBeLeft = failure.code !== 'volume-missing' && (hasMoved || run.mayHaveBegun);
    const left = mayBeLeft ? (definition.leftHalfWay?.(details) ?? null) : null;
    await this.#finish(run, { ...failing, next: nextOf(failing), answer: undefined }, left);
    if (failing.refresh) {
      const host = await definition.host(this.#options.store, details).catch(() => null);
      if (host !== null && backends.has(backendHostOf(host))) {
        this.#options.refreshSoon(backendHostOf(host));
      }
    }
    return { kind: 'failed', error: failing.error, left };
  }

  /** Nobody wants it any more. @returns what its caller is told */
  async #withdraw<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
    place: Place,
  ): Promise<Error> {
    // Where it is may be known: what was made for it on the way has to go all the same.
    const left = run.mayHaveBegun ? (definition.leftHalfWay?.(details) ?? null) : null;
    const reason = await this.#abandon(run, definition, details, left);
    if (left !== null) {
      await this.#clearUp(run, left, place);
    }
    return reason;
  }

  /** What is left of work half way is looked for in its place, under its entry: before others that came later. */
  async #clearUp(run: Run, left: Work<unknown>, place: Place): Promise<void> {
    const { name, kind } = left;
    const began = this.#options.clock.elapsed();
    const next: Run = { ...run, name, kind, began, waited: 0, moved: null };
    await left
      .run({ drive: (definition, details) => this.#drive(next, definition, details, place) })
      .catch((error: unknown) => {
        this.#stopping.signal.throwIfAborted();
        this.#options.logger.error({ work: name, error: asError(error) }, 'work was left half way');
      });
  }

  async #abandon<D extends JsonObject, L, M, A>(
    run: Run,
    definition: Definition<D, L, M, A>,
    details: D,
    left: Work<unknown> | null = null,
  ): Promise<Error> {
    const { write: giveBack, reservation, error } = definition.abandoned(details);
    const write = async (records: Records): Promise<void> => {
      await run.moved?.(records);
      await giveBack(records);
    };
    const ending = { write, reservation, message: null, next: [], refresh: false, answer: undefined };
    await this.#finish(run, ending, left);
    return error ?? new OperationError('nothing-left', `Nothing is left to do for ${run.name}.`);
  }

  async #finish(run: Run, ending: Ending<unknown>, left: Work<unknown> | null = null): Promise<void> {
    for (const accepted of await this.#ledger.finish(run, ending, left)) {
      this.start(accepted);
    }
  }

  /** Waits, but not for longer than the service runs. */
  #untilStopping<T>(promise: Promise<T>): Promise<T> {
    return untilAborted(this.#stopping.signal, promise);
  }
}

/** The turn of a piece of work among all that touches the same. */
interface Place {
  turn(): Promise<void>;
  /** Goes to the end of the queues. */
  again(): void;
}

const absentCodes = ['unreachable', 'timed-out', 'unauthorized', 'untrusted-certificate'] as const;

/** Whether the array itself may be away, or does not let us in any more. */
function isAbsent({ arrayCode }: DriverError): boolean {
  return absentCodes.some((code) => code === arrayCode);
}

function nextOf(failing: Failing): readonly Work<unknown>[] {
  return failing.undoLater === null ? failing.next : [...failing.next, failing.undoLater];
}
