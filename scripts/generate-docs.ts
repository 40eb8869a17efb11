/**
 * Writes the parts of docs/ that follow from the code: the options table of docs/driver.md, docs/coverage.md and
 * docs/defects.md: `npm run docs`. With `--check` it only says which of them are not what it would write, and fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { driverOptions } from '../packages/driver/src/config/driver-options.ts';
import { type CoverageRow, coverage, type TestReference } from './docs/seed-coverage.ts';
import { type DefectRow, defects } from './docs/upstream-defects.ts';
import { root } from './source-files.ts';

const generated = '<!-- Written by scripts/generate-docs.ts: change that, not this. -->';
const tableBegin = '<!-- options: begin -->';
const tableEnd = '<!-- options: end -->';

/** Path of a generated file and what it must hold. */
export function generatedDocs(): readonly { readonly path: string; readonly text: string }[] {
  return [
    { path: 'docs/driver.md', text: withOptionsTable(readFileSync(join(root, 'docs/driver.md'), 'utf8')) },
    { path: 'docs/coverage.md', text: coveragePage(coverage) },
    { path: 'docs/defects.md', text: defectsPage(defects) },
  ];
}

function withOptionsTable(text: string): string {
  const begin = text.indexOf(tableBegin);
  const end = text.indexOf(tableEnd);
  if (begin < 0 || end < begin) {
    throw new Error(`docs/driver.md has no ${tableBegin} ... ${tableEnd}`);
  }
  const rows = driverOptions.map(({ name, type, default: value, secret, meaning }) => [
    `\`${name}\``,
    secret ? `${type}, secret` : type,
    value === '' ? '' : `\`${value}\``,
    meaning,
  ]);
  return `${text.slice(0, begin)}${tableBegin}\n\n${table(['Option', 'Type', 'Default', 'Meaning'], rows)}\n\n${text.slice(end)}`;
}

function coveragePage(rows: readonly CoverageRow[]): string {
  const cells = rows.map(({ documented, ours, tests }) => [
    `\`${documented}\``,
    `\`${ours.name}\` in \`${ours.file}\``,
    tests.map(show).join('; '),
  ]);
  return page(
    'Coverage of the documented driver',
    'Every class, constant, function and method that the documentation of `cinder.volume.drivers.pure` names, what answers to it here, and the tests that exercise it.',
    table(['Documented', 'Here', 'Tests'], cells),
  );
}

function defectsPage(rows: readonly DefectRow[]): string {
  const cells = rows.map(({ id, upstream, here, tests }) => [id, upstream, here, tests.map(show).join('; ')]);
  return page(
    'Defects of the Python driver',
    'Defects found in the Python driver of Cinder as of August 2026, what users of this driver see instead, and the tests that prove it.',
    table(['Defect', 'In the Python driver', 'Here', 'Tests'], cells),
  );
}

function show({ file, title }: TestReference): string {
  return `"${title}" (\`${file}\`)`;
}

function page(title: string, about: string, content: string): string {
  return `# ${title}\n\n${generated}\n\n${about}\n\n${content}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const isCheck = process.argv.includes('--check');
  for (const { path, text } of generatedDocs()) {
    const isCurrent = readFileSync(join(root, path), 'utf8') === text;
    if (isCheck && !isCurrent) {
      console.error(`${path} is not what the code says: run npm run docs`);
      process.exitCode = 1;
    } else if (!isCheck) {
      writeFileSync(join(root, path), text);
      console.log(`${isCurrent ? 'kept' : 'wrote'} ${path}`);
    }
  }
}
