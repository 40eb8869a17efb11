import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrayCases } from './array-cases.ts';
import { connectionCases } from './connection-cases.ts';
import { containerCases } from './container-cases.ts';
import { healthCases } from './health-cases.ts';
import { hostCases } from './host-cases.ts';
import { podCases } from './pod-cases.ts';
import { protectionGroupCases } from './protection-group-cases.ts';
import { replicationCases } from './replication-cases.ts';
import { snapshotCases } from './snapshot-cases.ts';
import type { ContractCase, Subject } from './subject.ts';
import { tagCases } from './tag-cases.ts';
import { copyCases, lifeCycleCases, volumeCases } from './volume-cases.ts';

/** Everything the array port promises, one case a promise. */
export const contractCases: readonly ContractCase[] = [
  ...volumeCases,
  ...copyCases,
  ...lifeCycleCases,
  ...snapshotCases,
  ...hostCases,
  ...connectionCases,
  ...containerCases,
  ...protectionGroupCases,
  ...replicationCases,
  ...podCases,
  ...tagCases,
  ...arrayCases,
  ...healthCases,
];

/** Cases that do not apply, with the reason. */
export interface Skip {
  readonly reason: string;
  /** Names of cases. */
  readonly tests: readonly string[];
}

/** An array to run the contract on, for as long as the suite lasts. */
export interface ContractGround {
  /** A subject for one case, with nothing of another case left on it. */
  readonly begin: () => Promise<Subject>;
  /** After each case, failed ones too. */
  readonly end: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ArrayContract {
  readonly level: string;
  readonly open: () => Promise<ContractGround>;
  readonly skip: readonly Skip[];
}

/** Runs the contract: the same for every REST version, the differences named in `skip`. */
export function arrayContract({ level, open, skip }: ArrayContract): void {
  describe(`array contract, ${level}`, () => {
    const grounds: ContractGround[] = [];
    let ran = 0;

    beforeAll(async () => {
      grounds.push(await open());
    });
    afterAll(async () => {
      await Promise.all(grounds.map((ground) => ground.close()));
    });

    for (const { name, run } of contractCases) {
      const reason = skip.find((entry) => entry.tests.includes(name))?.reason;
      test(name, async (context) => {
        context.skip(reason !== undefined, reason);
        const [ground] = grounds;
        if (ground === undefined) {
          throw new Error('nothing to run on');
        }
        try {
          await run(await ground.begin());
        } finally {
          await ground.end();
        }
        ran += 1;
      });
    }

    test('cases ran, and every one skipped exists', () => {
      const names = new Set(contractCases.map((each) => each.name));
      const skipped = skip.flatMap((entry) => entry.tests);
      expect(skipped.filter((name) => !names.has(name))).toEqual([]);
      expect(new Set(skipped).size).toBe(skipped.length);
      expect(ran).toBeGreaterThan(0);
      expect(ran).toBe(contractCases.length - skipped.length);
    });
  });
}

/** Names of the cases that fail, for grounds that are expected to break promises. */
export async function failingCases(
  ground: ContractGround,
  skip: readonly Skip[],
  sabotage: (subject: Subject) => Subject,
): Promise<readonly string[]> {
  const skipped = new Set(skip.flatMap((entry) => entry.tests));
  const failed: string[] = [];
  for (const { name, run } of contractCases.filter((each) => !skipped.has(each.name))) {
    try {
      await run(sabotage(await ground.begin()));
    } catch {
      failed.push(name);
    } finally {
      await ground.end();
    }
  }
  return failed;
}
