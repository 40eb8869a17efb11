import type { Proof } from '../proof.ts';
import { arrayClientProofs } from './array-client.ts';
import { backendProofs } from './backend.ts';
import { connectionProofs } from './connections.ts';
import { failoverProofs } from './failovers.ts';
import { groupProofs } from './groups.ts';
import { managingProofs } from './managing.ts';
import { operationProofs } from './operations.ts';
import { promiseProofs } from './promises.ts';
import { protocolProofs } from './protocols.ts';
import { recordProofs } from './records.ts';
import { replicationProofs } from './replication.ts';
import { simulatorProofs } from './simulator.ts';
import { simulatorRestProofs } from './simulator-rest.ts';
import { startingProofs } from './starting.ts';
import { startProofs } from './starts-and-limits.ts';
import { survivorProofs } from './survivors.ts';
import { volumeProofs } from './volumes.ts';

export const allProofs: readonly Proof[] = [
  ...arrayClientProofs,
  ...backendProofs,
  ...connectionProofs,
  ...failoverProofs,
  ...groupProofs,
  ...managingProofs,
  ...operationProofs,
  ...promiseProofs,
  ...protocolProofs,
  ...recordProofs,
  ...replicationProofs,
  ...simulatorRestProofs,
  ...simulatorProofs,
  ...startingProofs,
  ...startProofs,
  ...survivorProofs,
  ...volumeProofs,
];
