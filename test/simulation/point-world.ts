import { type Answer, Clients } from './clients.ts';
import type { CallFault, CallSeen } from './network.ts';
import { judge } from './oracle.ts';
import type { Allowances } from './oracle-input.ts';
import { Failovers } from './oracle-of-failovers.ts';
import type { PointOperation, PreparedOperation } from './points.ts';
import { randomFor } from './random.ts';
import { Refusals } from './refusals.ts';
import { type Rows, unfinished } from './rows.ts';
import { Scene, type View } from './scene.ts';
import { answersWithin, Stage } from './stage.ts';

/** How an operation is broken off: the process dies before a statement, before or after a call is applied. */
export const crashKinds = ['statement', 'before', 'after'] as const;
/** How one call of it fails: refused with 503, cut before or after it was applied. */
export const callFaultKinds = ['refused', 'cut-before', 'cut-after'] as const;
export type PointKind = (typeof crashKinds)[number] | (typeof callFaultKinds)[number];

/** A moment of an operation, or of what the service does after it has died: `statement:17`. */
export interface Point {
  readonly kind: PointKind;
  /** Of the statement or call, from 1. */
  readonly number: number;
}

export interface PointWorldOptions {
  readonly operation: PointOperation;
  readonly purity: string;
  readonly seed: number;
  /** Where it is broken off; the second is a point of the recovery from the first. Empty: nothing happens to it. */
  readonly points: readonly Point[];
  readonly traceLines: number;
}

/** What the service does from the request, or from a start, until rest. */
export interface Phase {
  readonly statements: number;
  /** In the order in which they are sent. */
  readonly calls: readonly PhaseCall[];
}

interface PhaseCall {
  readonly label: string;
  /** Signs in: a fault of it alone would look like a lost array. */
  readonly isAside: boolean;
}

export interface PointReport {
  readonly findings: readonly string[];
  readonly trace: readonly string[];
  /** From the request on, then from each start after a death. */
  readonly phases: readonly Phase[];
}

/** How long the service may take to come to rest, milliseconds. */
const restWithin = 20 * 60_000;
/** It must stay at rest this long: longer than it waits between two heartbeats. */
const restFor = 15_000;
/** Nothing has happened for this long: what was begun is over, and only what is done now and then is left. */
const quietFor = 1_000;

const nothing: Allowances = { refusals: new Refusals(), closedSince: null };

/** One operation, broken off at exactly these points. */
export async function runPointWorld(options: PointWorldOptions): Promise<PointReport> {
  const stage = await Stage.open({
    seed: options.seed,
    site: options.operation.site,
    purity: options.purity,
    traceLines: options.traceLines,
    restartAfter: () => 1_000,
  });
  try {
    return await new PointWorld(options, stage).run();
  } finally {
    await stage.close();
  }
}

class PointWorld {
  readonly #options: PointWorldOptions;
  readonly #stage: Stage;
  readonly #phases: {
    statementsBefore: number;
    sentBefore: number;
    statements: number;
    calls: PhaseCall[];
  }[] = [];
  /** Points that were reached. */
  #reached = 0;

  constructor(options: PointWorldOptions, stage: Stage) {
    this.#options = options;
    this.#stage = stage;
  }

  async run(): Promise<PointReport> {
    const { operation, purity, seed } = this.#options;
    const stage = this.#stage;
    const clients = new Clients({
      time: stage.time,
      random: randomFor(seed, 'clients'),
      trace: stage.trace,
      face: (service) => service,
      process: () => stage.process,
      find: (finding) => stage.find(`[client] ${finding}`),
      isDiskTroubled: () => false,
    });
    stage.trace.add(`operation ${operation.name}, site ${operation.site} (Purity ${purity})`);
    await stage.begin(clients);
    const scene = new Scene(clients, stage);
    const ready: PreparedOperation[] = [];
    await stage.within(
      'setting the scene',
      answersWithin,
      operation.prepare(scene).then((prepared) => {
        ready.push(prepared);
      }),
    );
    await this.#quiet(() => true);
    for (const prepared of ready) {
      await this.#perform(scene, prepared);
    }
    return {
      findings: stage.findings,
      trace: stage.trace.lines,
      phases: this.#phases.map(({ statements, calls }) => ({ statements, calls })),
    };
  }

  async #perform(scene: Scene, prepared: PreparedOperation): Promise<void> {
    const { points } = this.#options;
    const stage = this.#stage;
    const before = await scene.view();
    const answers: Answer<unknown>[] = [];
    this.#follow();
    this.#beginPhase();
    stage.onStart = () => this.#beginPhase();
    const asked = prepared.request().then((answer) => {
      answers.push(answer);
    });
    asked.catch((error: unknown) => stage.unexpected(error));
    await this.#quiet(() => answers.length > 0 && this.#reached === points.length);
    for (const phase of this.#phases.slice(-1)) {
      phase.statements = stage.machine.statements - phase.statementsBefore;
    }
    stage.network.watch = null;
    stage.machine.deathAt = null;
    if (this.#reached < points.length) {
      stage.find(`[harness] point ${this.#reached + 1} was not reached`);
    }
    await stage.rest(5_000, restFor);
    const now = await scene.view();
    this.#judgeEnding(answers[0], prepared, before, now);
    if (prepared.missing(now) === null) {
      prepared.adopt?.(now);
    }
    await this.#judge();
    if (prepared.clearUp !== undefined && answers[0]?.kind !== 'ok') {
      stage.trace.add('the client clears up');
      await stage.within('clearing up', answersWithin, prepared.clearUp());
      await stage.rest(restWithin, restFor);
      await this.#judge();
    }
  }

  async #judge(): Promise<void> {
    const stage = this.#stage;
    const { site, knowledge } = stage;
    for (const finding of await judge({
      rows: stage.rows(),
      site,
      knowledge,
      control: site.simulator.control,
      allowances: nothing,
      grouped: new Set(),
      failovers: new Failovers(site, stage.switches(), true),
    })) {
      stage.find(finding);
    }
  }

  #judgeEnding(
    answer: Answer<unknown> | undefined,
    prepared: PreparedOperation,
    before: View,
    now: View,
  ): void {
    const stage = this.#stage;
    const missing = prepared.missing(now);
    const remains =
      prepared.remains === undefined ? differences(before.rows, now.rows) : prepared.remains(now);
    switch (answer?.kind) {
      case undefined:
        stage.find('[no-answer] the request was never answered');
        return;
      case 'ok':
        if (missing !== null) {
          stage.find(`[not-done] it was accepted, and ${missing}`);
        }
        return;
      case 'refused':
        stage.find(`[refused] ${answer.code}: ${answer.message.slice(0, 160)}`);
        return;
      case 'down':
      case 'lost':
        if (missing !== null && remains !== null) {
          stage.find(`[half-done] it is neither done (${missing}) nor undone (${remains})`);
        }
    }
  }

  /** From the request on, or from a start: statements and calls count from 1. */
  #beginPhase(): void {
    const { machine, network } = this.#stage;
    const died = this.#options.points[this.#phases.length - 1];
    if (died?.kind === 'statement' && machine.deathAt === null) {
      this.#reached += 1;
    }
    this.#phases.push({
      statementsBefore: machine.statements,
      sentBefore: network.sent,
      statements: 0,
      calls: [],
    });
    const point = this.#options.points[this.#phases.length - 1];
    machine.deathAt = point?.kind === 'statement' ? machine.statements + point.number : null;
  }

  #follow(): void {
    const { network, trace } = this.#stage;
    network.watch = {
      sent: (call) => this.#sent(call),
      arrives: (number) => {
        if (this.#isPoint('before', number)) {
          this.#die('before the call is applied');
          return false;
        }
        return true;
      },
      answered: (number) => {
        if (this.#isPoint('after', number)) {
          this.#die('when the call has been applied');
        }
      },
    };
    trace.add('the operation begins');
  }

  #sent(call: CallSeen): CallFault | null {
    const phase = this.#phases.at(-1);
    phase?.calls.push({
      label: `${call.array} ${call.method} ${call.path}`,
      isAside: call.isAside,
    });
    const fault = callFaultKinds.find((kind) => this.#isPoint(kind, call.number));
    if (fault === undefined) {
      return null;
    }
    this.#reached += 1;
    return fault === 'refused' ? { kind: 'status', status: 503 } : { kind: fault };
  }

  #isPoint(kind: PointKind, number: number): boolean {
    const phase = this.#phases.at(-1);
    const point = this.#options.points[this.#phases.length - 1];
    return (
      phase !== undefined &&
      this.#reached === this.#phases.length - 1 &&
      point?.kind === kind &&
      number - phase.sentBefore === point.number
    );
  }

  #die(when: 'before the call is applied' | 'when the call has been applied'): void {
    const stage = this.#stage;
    const point = this.#options.points[this.#reached];
    stage.trace.add(
      `the process dies ${when}: ${this.#phases.at(-1)?.calls[(point?.number ?? 0) - 1]?.label}`,
    );
    this.#reached += 1;
    stage.process?.kill();
  }

  /** Runs until all is over that was begun, or for so long that it never will be. */
  async #quiet(isOver: () => boolean): Promise<void> {
    const { time, machine, network } = this.#stage;
    const end = time.now() + restWithin;
    let [seen, since] = [-1, time.now()];
    while (time.now() < end) {
      await time.runUntil(() => false, 250);
      const activity = machine.statements + network.sent;
      if (activity !== seen) {
        [seen, since] = [activity, time.now()];
      } else if (
        time.now() - since >= quietFor &&
        this.#stage.process?.isUp === true &&
        isOver() &&
        unfinished(this.#stage.rows()).length === 0
      ) {
        return;
      }
    }
  }
}

/** @returns what the rows say now and did not before; null: nothing */
function differences(before: Rows, now: Rows): string | null {
  const [one, other] = [factsOf(before), factsOf(now)];
  const changed = [
    ...[...other].filter((fact) => !one.has(fact)),
    ...[...one].filter((fact) => !other.has(fact)).map((fact) => `no more: ${fact}`),
  ];
  return changed.length === 0 ? null : changed.join(', ').slice(0, 300);
}

function factsOf({ volumes, snapshots, attachments, groups, groupSnapshots, service }: Rows): Set<string> {
  return new Set([
    ...volumes.map(
      ({ id, status, size, type, provider_id: name, group_id: group }) =>
        `volume ${id} ${status} ${size} ${type} ${name} ${group}`,
    ),
    ...snapshots.map(({ id, status, provider_id: name }) => `snapshot ${id} ${status} ${name}`),
    ...attachments.map(({ id, attach_status: status }) => `attachment ${id} ${status}`),
    ...groups.map(({ id, status }) => `group ${id} ${status}`),
    ...groupSnapshots.map(({ id, status }) => `group snapshot ${id} ${status}`),
    `service ${service?.replication_status} ${service?.active_backend_id}`,
  ]);
}
