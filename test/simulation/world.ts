import { Administrator } from './administrator.ts';
import { Clients } from './clients.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Hosts } from './hosts.ts';
import { Operations } from './operations.ts';
import { Operator } from './operator.ts';
import { judge } from './oracle.ts';
import type { Allowances } from './oracle-input.ts';
import { Failovers } from './oracle-of-failovers.ts';
import { randomFor } from './random.ts';
import type { SiteName } from './site.ts';
import { answersWithin, Stage } from './stage.ts';
import { throughApi } from './through-api.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly site: SiteName;
  readonly faults: FaultKind;
  /** How many operations clients begin. */
  readonly operations: number;
  /** Operations that are left out, by number from 1; the others stay what they were. */
  readonly skip: ReadonlySet<number>;
  /** Newest lines of the trace to keep. */
  readonly traceLines: number;
}

export interface WorldReport {
  /** What is wrong; empty: the world is well. */
  readonly findings: readonly string[];
  /** Of the whole trace: the same for the same seed and options. */
  readonly digest: string;
  readonly trace: readonly string[];
  readonly counts: {
    readonly operations: number;
    readonly requests: number;
    readonly calls: number;
    readonly faults: number;
    readonly deaths: number;
    readonly writes: number;
    readonly failovers: number;
    readonly statements: number;
    /** Events of the scheduler. */
    readonly events: number;
    /** Milliseconds of virtual time. */
    readonly virtual: number;
  };
}

/** How long the world may take to come to rest once all is well, milliseconds. */
const restWithin = 20 * 60_000;
/** It must stay at rest this long. */
const restFor = 90_000;

/** One world from its seed: work and faults first, then all is well, then everything must have come to rest. */
export async function runWorld(options: WorldOptions): Promise<WorldReport> {
  const stage = await Stage.open({
    seed: options.seed,
    site: options.site,
    purity: null,
    traceLines: options.traceLines,
    restartAfter: (random) => random.between(200, 5_000),
  });
  try {
    return await run(options, stage);
  } finally {
    await stage.close();
  }
}

async function run(options: WorldOptions, stage: Stage): Promise<WorldReport> {
  const { seed, site: siteName, faults: faultKind, operations: count, skip } = options;
  const { time, trace, site, network, knowledge, machine } = stage;
  let isEnding = false;
  const { control } = site.simulator;
  const faults = new Faults({
    kind: faultKind,
    time,
    random: randomFor(seed, 'faults'),
    site,
    control,
    machine,
    trace,
    process: () => stage.process,
  });
  const clients = new Clients({
    time,
    random: randomFor(seed, 'clients'),
    trace,
    process: () => stage.process,
    face: throughApi,
    find: (finding) => stage.find(`[client] ${finding}`),
    isDiskTroubled: () => faults.isDiskTroubled,
  });
  const operations = new Operations({
    clients,
    knowledge,
    control,
    site,
    now: () => time.now(),
    isEnding: () => isEnding,
  });
  const operator = new Operator({ clients, site, trace, now: () => time.now() });
  const hosts = new Hosts({
    knowledge,
    control,
    site,
    random: randomFor(seed, 'hosts'),
    trace,
    find: (finding) => stage.find(finding),
    isDisturbed: () => faults.isDisturbed || operator.failovers.length > 0,
  });
  trace.add(`seed ${seed}, site ${siteName} (Purity ${site.purity}), faults ${faultKind}`);

  await stage.begin(clients);

  network.faults = faults.ofCalls;
  network.onApplied = () => faults.onApplied();
  faults.begin();
  const running = new Set<Promise<void>>();
  const launch = (name: string, work: () => Promise<void>): void => {
    const run = work()
      .catch((error: unknown) => stage.unexpected(error))
      .finally(() => running.delete(run));
    running.add(run);
    void name;
  };
  const pace = randomFor(seed, 'pace');
  // Where less happens at once, what is away for long outlasts the deadline of a call.
  const slowness = site.isShared ? 8 : 1;
  let at = 0;
  for (let index = 1; index <= count; index += 1) {
    at += Math.floor(-Math.log(1 - pace.fraction()) * 300 * slowness);
    if (!skip.has(index)) {
      time.after(at, () =>
        launch(`#${index}`, () => operations.run(`#${index}`, randomFor(seed, `operation ${index}`))),
      );
    }
  }
  const work = at + 5_000;
  for (let moment = 500; moment < work; moment += 400 * slowness) {
    time.after(moment, () => launch('host', () => hosts.write()));
  }
  for (let moment = 3_000, index = 1; moment < work; moment += pace.between(3_000, 10_000), index += 1) {
    const number = count + index;
    if (!skip.has(number) && (site.arrays.size > 1 || pace.chance(0.2))) {
      time.after(moment, () =>
        launch(`#${number}`, () => operator.act(`#${number} operator`, randomFor(seed, `operator ${index}`))),
      );
    }
  }
  const administrator = new Administrator({
    site,
    control,
    random: randomFor(seed, 'administrator'),
    trace,
  });
  for (let moment = 2_000; site.isShared && moment < work; moment += 2_500) {
    time.after(moment, () => launch('administrator', () => administrator.act()));
  }
  const copies = randomFor(seed, 'copies');
  const isCopied = siteName === 'async' || siteName === 'trisync';
  for (let moment = 1_000; isCopied && moment < work; moment += copies.between(2_000, 9_000)) {
    time.after(moment, () => launch('copies', () => administrator.copy()));
  }
  await time.runUntil(() => false, work);

  trace.add('all is well from now on');
  isEnding = true;
  await faults.end();
  await administrator.end();
  const isAnswered = await time.runUntil(() => running.size === 0, answersWithin);
  if (!isAnswered) {
    stage.find(`[client-waits] ${running.size} clients still wait for what they asked for`);
  }
  await stage.within('clearing up', answersWithin, operations.clearUp());
  await stage.within('the operator', answersWithin, operator.tidyUp(randomFor(seed, 'end').chance(0.5)));
  await stage.rest(restWithin, restFor);
  const rows = stage.rows();
  const failovers = new Failovers(site, stage.switches(), faultKind !== 'clock');
  const allowances: Allowances = {
    refusals: network.refusals,
    closedSince: faultKind === 'lost' || faultKind === 'storm' ? 0 : operator.closedSince,
  };
  for (const finding of await judge({
    rows,
    site,
    knowledge,
    control,
    allowances,
    failovers,
    grouped: administrator.grouped,
  })) {
    stage.find(finding);
  }
  return {
    findings: stage.findings,
    digest: trace.digest(),
    trace: trace.lines,
    counts: {
      operations: [...operations.counts.values()].reduce((sum, number) => sum + number, 0),
      requests: clients.requests,
      calls: network.calls,
      faults: network.struck,
      deaths: stage.lives - 1,
      writes: hosts.writes,
      failovers: operator.failovers.length,
      statements: machine.statements,
      events: time.steps,
      virtual: time.now() - stage.began,
    },
  };
}
