import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

const own = '@cinder-flasharray';
/** What a run makes, or needs no copy of. */
const left: ReadonlySet<string> = new Set(['.git', 'node_modules', 'var']);

/** The root of this project. */
export const root = join(import.meta.dirname, '..', '..');

/** A copy of the project to break things in. Everybody else's packages are shared with the project; ours are its own. */
export class ScratchCopy implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<ScratchCopy> {
    const copy = new ScratchCopy(await mkdtemp(join(tmpdir(), 'cinder-flasharray-')));
    for (const name of await readdir(root)) {
      if (!left.has(name)) {
        await cp(join(root, name), join(copy.path, name), {
          recursive: true,
          filter: (source) => !source.split(sep).includes('node_modules'),
        });
      }
    }
    await copy.#linkDependencies();
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  async #linkDependencies(): Promise<void> {
    await mkdir(join(this.path, 'node_modules', own), { recursive: true });
    for (const name of await readdir(join(root, 'node_modules'))) {
      // Caches, `.vite` for example, are not for two.
      if (name !== own && !name.startsWith('.v')) {
        await symlink(join(root, 'node_modules', name), join(this.path, 'node_modules', name));
      }
    }
    for (const name of await readdir(join(root, 'node_modules', own))) {
      await symlink(join(this.path, 'packages', name), join(this.path, 'node_modules', own, name));
    }
  }
}
