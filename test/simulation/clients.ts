import type { ApiServer } from '@cinder-flasharray/api';
import { type BlockStorage, BlockStorageError, type RequestContext } from '@cinder-flasharray/block-storage';
import type { Random } from './random.ts';
import { isProcessDeath, type ServiceProcess } from './service-process.ts';
import type { Trace } from './trace.ts';
import type { EventOwner, VirtualTime } from './virtual-time.ts';

/** What a client makes of a request. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** It was said that nothing is done. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** No answer came: it may be done, or not. */
  | { readonly kind: 'lost' }
  /** Nobody listened: it is not done. */
  | { readonly kind: 'down' };

export interface ClientsOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  /** The process that listens now. */
  readonly process: () => ServiceProcess | null;
  readonly find: (finding: string) => void;
  /** The service through the routes of its API. */
  readonly face: (service: BlockStorage, api: ApiServer, owner: EventOwner) => BlockStorage;
  /** The disk is full, or was a moment ago: errors of the database are no surprise. */
  readonly isDiskTroubled: () => boolean;
}

/** An administrator's request. */
export const context: RequestContext = {
  userId: 'me',
  projectId: '0123456789abcdef0123456789abcdef',
  isAdmin: true,
  requestId: 'req-1',
};

/** A client gives up after this long; Cinder's own RPC calls do after one minute, and load balancers before. */
const patience = 15 * 60_000;

/** Clients of the service, and the network between. */
export class Clients {
  readonly #options: ClientsOptions;
  /** Requests sent. */
  requests = 0;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** One request. */
  async call<T>(label: string, work: (service: BlockStorage) => Promise<T>): Promise<Answer<T>> {
    const { time, random, trace, process } = this.#options;
    this.requests += 1;
    await time.wait(random.between(1, 10));
    const served = process();
    const own = served?.blockStorage ?? null;
    if (served === null || own === null) {
      trace.add(`${label}: nobody listens`);
      return { kind: 'down' };
    }
    const { face } = this.#options;
    const service = served.api !== null && random.chance(0.6) ? face(own, served.api, served) : own;
    trace.add(service === own ? label : `${label} (HTTP)`);
    const answered = Promise.withResolvers<'answered'>();
    const answer = await Promise.race([
      this.#answerOf(label, () => work(service)),
      this.#silence(label, served, answered.promise),
    ]);
    answered.resolve('answered');
    await time.wait(random.between(1, 10));
    const isCut = !served.isAlive && random.chance(0.5);
    const seen: Answer<T> = isCut ? { kind: 'lost' } : answer;
    trace.add(`${label} -> ${shown(seen)}`);
    return seen;
  }

  /** Until there is an answer. */
  async insist<T>(
    label: string,
    work: (service: BlockStorage) => Promise<T>,
  ): Promise<Exclude<Answer<T>, { readonly kind: 'lost' | 'down' }>> {
    const { time, random } = this.#options;
    for (;;) {
      const answer = await this.call(label, work);
      if (answer.kind === 'ok' || answer.kind === 'refused') {
        return answer;
      }
      await time.wait(random.between(1_000, 4_000));
    }
  }

  /** Looks again and again until what is read is what is waited for, or cannot be read. */
  async watch<T>(
    label: string,
    read: (service: BlockStorage) => Promise<T>,
    isDone: (value: T) => boolean,
  ): Promise<T | null> {
    const { time, random } = this.#options;
    for (;;) {
      const answer = await this.insist(label, read);
      if (answer.kind === 'refused') {
        return null;
      }
      if (isDone(answer.value)) {
        return answer.value;
      }
      await time.wait(random.between(500, 4_000));
    }
  }

  async #answerOf<T>(label: string, work: () => Promise<T>): Promise<Answer<T>> {
    const { find, isDiskTroubled } = this.#options;
    try {
      return { kind: 'ok', value: await work() };
    } catch (error) {
      if (error instanceof BlockStorageError) {
        return { kind: 'refused', code: error.code, message: error.message };
      }
      if (!isProcessDeath(error) && !isDiskTroubled()) {
        find(`${label} failed with an error that is not declared: ${String(error)}`);
      }
      return { kind: 'lost' };
    }
  }

  async #silence(
    label: string,
    served: ServiceProcess,
    answered: Promise<'answered'>,
  ): Promise<{ readonly kind: 'lost' }> {
    const { time, find } = this.#options;
    const over = Promise.withResolvers<'over'>();
    const cancel = time.after(patience, () => over.resolve('over'));
    const how = await Promise.race([over.promise, served.died, answered]);
    cancel();
    if (how === 'over') {
      find(`${label} was not answered within ${patience / 60_000} minutes`);
    }
    return { kind: 'lost' };
  }
}

function shown(answer: Answer<unknown>): string {
  return answer.kind === 'refused' ? `refused ${answer.code}: ${answer.message.slice(0, 160)}` : answer.kind;
}
