import type { ArrayState } from '@cinder-flasharray/simulator';
import { currentArray, type OracleInput } from './oracle-input.ts';
import { judgeConnections } from './oracle-of-connections.ts';
import { judgeContents } from './oracle-of-contents.ts';
import { judgeGroups, judgeLeftovers, judgeSnapshots, judgeVolumes } from './oracle-of-objects.ts';
import { judgePromises, judgeQuota, judgeStatuses } from './oracle-of-rows.ts';

/** Compares what the service says, what it promised, and what the arrays have. @returns what is wrong */
export async function judge(input: OracleInput): Promise<readonly string[]> {
  const { rows, site, control } = input;
  const current = currentArray(site, rows);
  const states = new Map<string, ArrayState>();
  for (const array of site.arrays.values()) {
    states.set(array, await control.state(array));
  }
  const here = states.get(current);
  if (here === undefined) {
    return [`there is no array ${current}`];
  }
  const findings: string[] = [];
  const find = (category: string, text: string): void => {
    findings.push(`[${category}] ${text}`);
  };
  judgePromises(input, find);
  judgeStatuses(input, find);
  judgeVolumes(input, here, find);
  judgeSnapshots(input, here, find);
  judgeLeftovers(input, states, here, find);
  judgeConnections(input, states, current, find);
  judgeGroups(input, here, find);
  judgeQuota(input, find);
  await judgeContents(input, current, find);
  return findings;
}
