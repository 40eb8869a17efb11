import type { ApiReply, ApiRequest } from '../http/messages.ts';
import { settle } from '../model/fleet/settle.ts';
import { hostConnections } from '../model/rules/connections-of.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { SimulatorTimers } from '../time/timers.ts';
import { FaultTable } from '../traffic/fault-table.ts';
import type { FaultEffect } from '../traffic/faults.ts';
import { Gate } from '../traffic/gate.ts';
import { HoldTable } from '../traffic/hold-table.ts';
import { isAside } from '../traffic/matching.ts';
import { RequestLog } from '../traffic/request-log.ts';
import type { SimulatorLogEntry } from '../traffic/requests.ts';
import { type AnswerOptions, answer, faultReply } from './answer.ts';

/** What is to be done with the connection of a request. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: ApiReply; readonly half: boolean }
  | { readonly kind: 'cut' }
  | { readonly kind: 'silence' };

/** One array: its model, and everything that stands between the model and its clients. */
export class SimulatedArray {
  readonly model: ArrayModel;
  readonly faults = new FaultTable();
  readonly holds: HoldTable;
  readonly log = new RequestLog();
  readonly gate: Gate;
  /** Lost in a way that leaves its clients without any answer. */
  silent = false;
  readonly #options: AnswerOptions;
  readonly #timers: SimulatorTimers;
  readonly #onLog: (entry: SimulatorLogEntry) => void;
  readonly #onChange: () => void;

  constructor(
    model: ArrayModel,
    options: AnswerOptions,
    hooks: {
      /** Connections and requests that have begun and are not parsed yet. */
      readonly arriving: () => number;
      readonly log: (entry: SimulatorLogEntry) => void;
      /** The model may have changed. */
      readonly changed: () => void;
      readonly timers: SimulatorTimers;
    },
  ) {
    this.model = model;
    this.#timers = hooks.timers;
    this.holds = new HoldTable(hooks.timers);
    this.gate = new Gate(hooks.arriving, hooks.timers);
    this.#options = options;
    this.#onLog = hooks.log;
    this.#onChange = hooks.changed;
  }

  get name(): string {
    return this.model.settings.name;
  }

  /** Takes a parsed request through gate, holds, faults and model. `gone`: the client closed the connection. */
  async serve(request: ApiRequest, gone: Promise<'gone'>): Promise<Outcome> {
    const started = this.#timers.now();
    const { sequence } = this.log.add(request, new Date(this.model.now()).toISOString());
    try {
      return await this.#pass(this.#withRequestId(request, sequence), sequence, gone);
    } finally {
      const entry = this.log.get(sequence);
      if (entry !== undefined) {
        const milliseconds = Math.round(this.#timers.now() - started);
        this.#onLog({ ...entry, array: this.name, milliseconds });
      }
    }
  }

  /** The client's `X-Request-ID`, or one of the array: its own id, ending in the number of the request. */
  #withRequestId(request: ApiRequest, sequence: number): ApiRequest {
    const id = `${this.model.identity.id.slice(0, 24)}${sequence.toString(16).padStart(12, '0')}`;
    return { ...request, headers: { 'x-request-id': id, ...request.headers } };
  }

  async #pass(request: ApiRequest, sequence: number, gone: Promise<'gone'>): Promise<Outcome> {
    let clientGone = false;
    const left = gone.then((how) => {
      clientGone = true;
      return how;
    });
    if (this.silent) {
      await left;
      return { kind: 'silence' };
    }
    const logged = () => this.log.get(sequence) ?? this.log.add(request, '');
    const before = await this.holds.pass('before-apply', request, logged, left);
    if (before !== 'continue') return { kind: 'cut' };
    if (!isAside(request)) {
      const turn = await this.gate.pass(`${request.method} ${request.path}`, left);
      if (turn === 'gone') return { kind: 'cut' };
    }
    // A client that left before its request had an effect must not find it done later.
    if (clientGone) return { kind: 'cut' };
    const fault = this.faults.strike(request);
    const early = await this.#beforeApply(request, sequence, fault, left);
    if (early !== null) return early;
    const reply = this.#apply(request, sequence);
    const after = await this.holds.pass('before-reply', request, logged, left);
    if (after !== 'continue') return this.#unanswered(sequence, { kind: 'cut' });
    return this.#afterApply(sequence, fault, reply, left);
  }

  async #beforeApply(
    request: ApiRequest,
    sequence: number,
    fault: FaultEffect | null,
    left: Promise<'gone'>,
  ): Promise<Outcome | null> {
    switch (fault?.kind) {
      case 'status': {
        const reply = faultReply(request, fault);
        this.log.update(sequence, { status: reply.status });
        return { kind: 'reply', reply, half: false };
      }
      case 'hang':
        await left;
        return { kind: 'silence' };
      case 'cut':
        return fault.phase === 'before-apply' ? { kind: 'cut' } : null;
      case 'delete-host':
        this.#deleteHost(fault.host);
        return null;
      case 'delay':
      case 'half-body':
      case undefined:
        return null;
    }
  }

  async #afterApply(
    sequence: number,
    fault: FaultEffect | null,
    reply: ApiReply,
    left: Promise<'gone'>,
  ): Promise<Outcome> {
    switch (fault?.kind) {
      case 'delay': {
        const timer = Promise.withResolvers<'over'>();
        const endWait = this.#timers.after(fault.milliseconds, () => timer.resolve('over'));
        const how = await Promise.race([timer.promise, left]);
        endWait();
        if (how === 'gone') return this.#unanswered(sequence, { kind: 'cut' });
        return { kind: 'reply', reply, half: false };
      }
      case 'cut':
        return this.#unanswered(sequence, { kind: 'cut' });
      case 'half-body':
        return { kind: 'reply', reply, half: true };
      case 'status':
      case 'hang':
      case 'delete-host':
      case undefined:
        return { kind: 'reply', reply, half: false };
    }
  }

  // Synchronous: between two requests the model is always whole.
  #apply(request: ApiRequest, sequence: number): ApiReply {
    const reply = this.#answer(request);
    // What the request has set going and takes no time is over when the reply goes out.
    settle(this.model.fleet);
    this.log.update(sequence, { status: reply.status, user: reply.user, applied: reply.status < 400 });
    this.#onChange();
    return reply;
  }

  #answer(request: ApiRequest): ApiReply {
    try {
      return answer(this.model, this.#options, request);
    } catch (error) {
      // A defect of the simulator itself: said where whoever runs into it will look.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return faultReply(request, { status: 500, message: `Simulator defect: ${text}` });
    }
  }

  #unanswered(sequence: number, outcome: Outcome): Outcome {
    this.log.update(sequence, { status: null });
    return outcome;
  }

  #deleteHost(name: string): void {
    const host = this.model.hosts.byName(name);
    if (host === undefined) return;
    const own = new Set(
      hostConnections(this.model, host).filter((connection) => connection.hostId === host.id),
    );
    this.model.connections = this.model.connections.filter((connection) => !own.has(connection));
    this.model.hosts.remove(host.id);
  }
}
