import type { Skip } from './array-contract.ts';

const noTags: Skip = {
  reason: 'volumes carry tags from REST 1.19 on (REST 1.x section 6.1)',
  tests: [
    'tags > are set, replaced and read by namespace',
    'tags > are removed by key, and absent keys are fine',
    'tags > keep every character of key and value',
    'tags > are not copied to clones',
    'tags > need a volume',
  ],
};
const tagsExist: Skip = {
  reason: 'volumes carry tags here',
  tests: ['tags > are refused where volumes carry none'],
};
const noPersonality: Skip = {
  reason: 'hosts have a personality from REST 1.14 on (REST 1.x section 6.1)',
  tests: ['hosts > get the personality asked for'],
};
const personalityExists: Skip = {
  reason: 'hosts have a personality here',
  tests: ['hosts > a personality is refused where hosts have none, before anything is made'],
};
const noContainers: Skip = {
  reason: 'pods and volume groups arrive in REST 1.13 (REST 1.x section 6.1)',
  tests: ['volumes > names in volume groups are kept whole', 'volumes > names in pods are kept whole'],
};
const noContainerRoles: Skip = {
  reason: 'pods and volume groups arrive in REST 1.13, their limits in 1.17 (REST 1.x section 6.1)',
  tests: [
    'volume groups > are made, counted, destroyed when empty, and recovered',
    'volume groups > take limits and lose them',
    'volume groups > volumes are moved in and out',
    'pods > are listed',
    'pods > are made, found, destroyed when empty, recovered and eradicated',
    'pods > know their volumes',
    'pods > are stretched onto a connected array, and taken back',
    'pods > are not stretched onto an array that cannot take them',
    'pods > keep a member that cannot be reached, and say so',
    'moving > a volume enters a pod and leaves it, out of the groups that it names',
    'moving > what the array does not move stays in its groups',
    'moving > nothing enters or leaves a stretched pod',
  ],
};
const containersExist: Skip = {
  reason: 'there are volume groups and pods here',
  tests: ['volume groups > are refused where there are none', 'pods > are refused where there are none'],
};
const noSyncConnections: Skip = {
  reason: 'connections are told apart from REST 1.13 on, and partial ones from 1.17 (REST 1.x section 6.3)',
  tests: ['array connections > tell synchronous ones, and those that have lost a path'],
};
const noLimits: Skip = {
  reason: 'limits arrive in REST 1.14 and 1.17 (REST 1.x section 6.1)',
  tests: ['limits > are set with the volume, changed and lifted'],
};
const limitsExist: Skip = {
  reason: 'volumes have limits here',
  tests: ['limits > are refused where volumes have none, before anything is made'],
};
const noSnapshotRename: Skip = {
  reason: 'snapshots are renamed from REST 1.4 on (REST 1.x section 2.4)',
  tests: ['renaming > a snapshot gets another suffix'],
};
const snapshotRenameExists: Skip = {
  reason: 'snapshots can be renamed here',
  tests: ['renaming > a snapshot is refused where snapshots keep their names'],
};
const noRoles: Skip = {
  reason: 'older arrays know the roles `admin` and `readonly` only (REST 1.x section 2.11)',
  tests: ['health > roles between the highest and the lowest are told apart'],
};
const newer = [containersExist, limitsExist, snapshotRenameExists];
const noDefaultProtection: Skip = {
  reason: 'default protection arrives in REST 2.16 (REST 2.x section 1)',
  tests: ['volumes > default protection is joined when asked for and not otherwise'],
};
const noConnectionCounts: Skip = {
  reason: 'REST 1.x rows count no connections',
  tests: ['hosts > count private and shared connections together'],
};
const noEvergreenOne: Skip = {
  reason: 'Evergreen//One arrays speak REST 2 (REST 2.x section 7.26)',
  tests: ['array > an Evergreen//One array tells what is provisioned, and no reduction'],
};
const noQueueTimes: Skip = {
  reason: 'components of latency arrive in REST 1.16 (REST 1.x section 2.1)',
  tests: ['array > tells how long requests queue'],
};

const rest1 = [noDefaultProtection, noConnectionCounts, noEvergreenOne];
const early = [
  ...rest1,
  noTags,
  noPersonality,
  noContainers,
  noContainerRoles,
  noLimits,
  noQueueTimes,
  noRoles,
  noSyncConnections,
];

/** The REST versions at which the contract is run against simulated arrays. */
export const levels: readonly { readonly version: string; readonly skip: readonly Skip[] }[] = [
  { version: '1.2', skip: [...early, noSnapshotRename] },
  { version: '1.5', skip: [...early, snapshotRenameExists] },
  {
    version: '1.19',
    skip: [...rest1, ...newer, tagsExist, personalityExists],
  },
  { version: '2.4', skip: [...newer, noDefaultProtection, tagsExist, personalityExists] },
  { version: '2.26', skip: [...newer, tagsExist, personalityExists] },
  { version: '2.56', skip: [...newer, tagsExist, personalityExists] },
];
