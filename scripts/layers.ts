/**
 * Who may import whom: between packages, and in each package between the folders of its `src/`, lowest first.
 * `npm run check` fails on an import or a folder that is not listed here, and on circles.
 *
 * A folder stands for its sub-folders as well, unless they are listed themselves. Files directly in `src/` are the top
 * of their package: they may import everything in it, and no folder may import them but where `files` says so. Tests
 * are free to import what their package.json lists.
 */
export interface PackageLayers {
  /** Packages of ours that `src/` may import. */
  readonly packages: readonly string[];
  /** Each folder of `src/`, with the folders and `files` that it may import. Absent: not listed yet. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  /** Files directly in `src/` that folders may import. */
  readonly files?: Readonly<Record<string, LowFile>>;
}

/** A file directly in `src/` that is not at the top of its package. */
export interface LowFile {
  readonly imports: readonly string[];
  /** Why it is not in a folder. */
  readonly because: string;
}

export const layers: Readonly<Record<string, PackageLayers>> = {
  common: { packages: [] },
  flasharray: { packages: ['common'] },
  simulator: {
    packages: [],
    folders: {
      time: ['errors.ts'],
      tls: ['errors.ts'],
      http: [],
      query: [],
      'model/state': ['time'],
      'model/rules': ['model/state'],
      'model/fleet': ['model/rules', 'model/state'],
      rest1: ['http', 'model/fleet', 'model/rules', 'model/state', 'query'],
      rest2: ['http', 'model/fleet', 'model/rules', 'model/state', 'query'],
      traffic: ['errors.ts', 'http', 'rest1'],
      array: [
        'errors.ts',
        'http',
        'model/fleet',
        'model/rules',
        'model/state',
        'rest1',
        'rest2',
        'tls',
        'traffic',
      ],
      control: ['array', 'errors.ts', 'model/fleet', 'model/rules', 'model/state', 'time', 'traffic'],
    },
    files: {
      'errors.ts': { imports: [], because: 'every folder throws the one error class of the package' },
    },
  },
  driver: {
    packages: ['common', 'flasharray'],
    folders: {
      config: [],
      contract: ['config'],
      'volume-types': ['config', 'contract'],
      names: ['config', 'contract', 'volume-types'],
      arrays: ['config', 'contract'],
      containers: ['contract', 'names', 'volume-types'],
      connections: ['config', 'contract', 'names'],
      snapshots: ['contract'],
      statistics: ['config', 'contract'],
      replication: ['arrays', 'config', 'containers', 'contract', 'names', 'volume-types'],
      volumes: ['config', 'connections', 'containers', 'contract', 'replication', 'volume-types'],
      groups: ['contract', 'names', 'replication', 'volume-types', 'volumes'],
      manage: ['containers', 'contract', 'names', 'volume-types', 'volumes'],
      backend: [
        'arrays',
        'config',
        'connections',
        'containers',
        'contract',
        'groups',
        'manage',
        'names',
        'replication',
        'snapshots',
        'statistics',
        'volume-types',
        'volumes',
      ],
    },
  },
  store: { packages: ['common'] },
  'volume-manager': { packages: ['common', 'driver', 'store'] },
  api: { packages: ['common', 'store', 'volume-manager'] },
  cli: { packages: ['api', 'common', 'driver', 'simulator', 'store', 'volume-manager'] },
};
