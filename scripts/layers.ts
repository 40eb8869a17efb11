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
  /** Each folder of `src/`, with the folders and `files` that it may import. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
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
  common: {
    packages: [],
    folders: { 'cinder-conf': [] },
  },
  flasharray: {
    packages: ['common'],
    folders: {
      port: [],
      http: ['port'],
      shared: ['http', 'port'],
      rest1: ['http', 'port', 'shared'],
      rest2: ['http', 'port', 'shared'],
    },
  },
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
      traffic: ['errors.ts', 'http', 'rest1', 'time'],
      array: [
        'errors.ts',
        'http',
        'model/fleet',
        'model/rules',
        'model/state',
        'rest1',
        'rest2',
        'time',
        'tls',
        'traffic',
      ],
      control: ['array', 'errors.ts', 'http', 'model/fleet', 'model/rules', 'model/state', 'time', 'traffic'],
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
      tags: [],
      containers: ['contract', 'names', 'volume-types'],
      connections: ['config', 'contract', 'names', 'tags'],
      snapshots: ['config', 'contract', 'names'],
      statistics: ['config', 'contract'],
      replication: ['arrays', 'config', 'containers', 'contract', 'names', 'volume-types'],
      volumes: [
        'config',
        'connections',
        'containers',
        'contract',
        'names',
        'replication',
        'tags',
        'volume-types',
      ],
      groups: ['containers', 'contract', 'names', 'replication', 'volume-types', 'volumes'],
      manage: ['config', 'containers', 'contract', 'names', 'tags', 'volume-types', 'volumes'],
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
  store: {
    packages: ['common'],
    folders: {
      // What differs between databases: a folder each.
      'dialect/sqlite': ['errors.ts'],
      database: ['dialect/sqlite', 'errors.ts', 'records.ts'],
      'schema/cinder': [],
      schema: ['database', 'dialect/sqlite', 'errors.ts', 'schema/cinder'],
      lists: ['database', 'page.ts', 'records.ts'],
      purge: ['database'],
      journal: ['database', 'errors.ts', 'records.ts'],
      workers: ['database'],
      services: ['database', 'records.ts'],
      messages: ['database', 'records.ts'],
      'initiator-data': ['database', 'errors.ts'],
      'qos-specs': ['database', 'records.ts'],
      quotas: ['database', 'errors.ts'],
      'volume-types': ['database', 'errors.ts', 'quotas', 'records.ts'],
      groups: ['database', 'errors.ts', 'lists', 'page.ts', 'records.ts'],
      attachments: ['database', 'lists', 'page.ts', 'records.ts'],
      volumes: ['attachments', 'database', 'errors.ts', 'lists', 'page.ts', 'records.ts'],
      snapshots: ['database', 'errors.ts', 'lists', 'page.ts', 'records.ts', 'volumes'],
    },
    files: {
      'errors.ts': { imports: [], because: 'every folder throws the one error class of the package' },
      'page.ts': { imports: [], because: 'the lists of all nouns come in the same pages' },
      'records.ts': { imports: [], because: 'the rows of all nouns refer to one another' },
    },
  },
  'volume-manager': {
    packages: ['common', 'driver', 'store'],
    folders: {
      rows: ['boolean-spec.ts'],
      backends: ['errors.ts', 'rows'],
      // What is the same for every operation; then the operations, each one value in a file of its own.
      run: ['backends', 'errors.ts', 'rows'],
      'operations/originals': ['rows', 'run'],
      'operations/volumes': [
        'boolean-spec.ts',
        'operations/connections',
        'operations/originals',
        'operations/snapshots',
        'rows',
        'run',
      ],
      'operations/snapshots': ['rows', 'run'],
      'operations/groups': [
        'boolean-spec.ts',
        'operations/connections',
        'operations/originals',
        'rows',
        'run',
      ],
      'operations/group-snapshots': ['operations/groups', 'rows', 'run'],
      'operations/connections': ['errors.ts', 'rows', 'run'],
      'operations/services': [
        'boolean-spec.ts',
        'operations/connections',
        'operations/originals',
        'operations/snapshots',
        'operations/volumes',
        'rows',
        'run',
      ],
      // The table of them all, and what was left of them.
      operations: [
        'operations/connections',
        'operations/group-snapshots',
        'operations/groups',
        'operations/originals',
        'operations/services',
        'operations/snapshots',
        'operations/volumes',
        'rows',
        'run',
      ],
    },
    files: {
      'boolean-spec.ts': { imports: [], because: 'every folder reads extra specs' },
      'errors.ts': { imports: [], because: 'every folder throws the one error class of the package' },
    },
  },
  'block-storage': {
    packages: ['common', 'store', 'volume-manager'],
    folders: {
      request: ['errors.ts'],
      rows: ['errors.ts', 'request'],
      quotas: ['errors.ts'],
      scheduling: ['dependencies.ts', 'errors.ts', 'request'],
      messages: ['dependencies.ts', 'errors.ts', 'request'],
      services: ['dependencies.ts', 'errors.ts', 'request'],
      'volume-types': ['dependencies.ts', 'errors.ts', 'request', 'rows'],
      'qos-specs': ['dependencies.ts', 'errors.ts', 'request', 'rows'],
      'group-types': ['dependencies.ts', 'errors.ts', 'request', 'rows'],
      attachments: ['dependencies.ts', 'errors.ts', 'request', 'rows'],
      snapshots: ['dependencies.ts', 'errors.ts', 'quotas', 'request', 'rows'],
      volumes: ['dependencies.ts', 'errors.ts', 'quotas', 'request', 'rows', 'scheduling'],
      'group-snapshots': ['dependencies.ts', 'errors.ts', 'quotas', 'request', 'rows'],
      groups: ['dependencies.ts', 'errors.ts', 'quotas', 'request', 'rows', 'scheduling'],
      manage: ['dependencies.ts', 'errors.ts', 'quotas', 'request', 'rows', 'scheduling'],
    },
    files: {
      'errors.ts': { imports: [], because: 'every folder throws the one error class of the package' },
      'dependencies.ts': {
        imports: [],
        because: 'every noun works with the same store, manager and options',
      },
    },
  },
  api: {
    packages: ['block-storage', 'common', 'store'],
    folders: {
      http: [],
      auth: ['http'],
      versions: ['http'],
      admin: ['http'],
      'volume-types': ['http'],
      'qos-specs': ['http'],
      'group-types': ['http'],
      groups: ['http'],
      'group-snapshots': ['groups', 'http'],
      'consistency-groups': ['groups', 'http'],
      attachments: ['http'],
      snapshots: ['http'],
      volumes: ['groups', 'http'],
      manage: ['http', 'snapshots', 'volumes'],
    },
  },
  cli: {
    packages: ['api', 'block-storage', 'common', 'driver', 'simulator', 'store', 'volume-manager'],
    folders: {
      config: [],
      logging: [],
      // The one place that puts the packages together.
      service: ['config', 'exit-code.ts', 'logging'],
      commands: ['command-io.ts', 'config', 'exit-code.ts', 'logging', 'service', 'state-folder.ts'],
    },
    files: {
      'command-io.ts': { imports: [], because: 'what main.ts gives every command' },
      'exit-code.ts': { imports: [], because: 'how main.ts ends after every command' },
      'state-folder.ts': { imports: [], because: 'where every command keeps its state' },
    },
  },
};
