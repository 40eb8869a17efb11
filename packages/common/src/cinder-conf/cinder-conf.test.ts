import { expect, test } from 'vitest';
import { parseConf } from './conf-file.ts';
import { formatProblem } from './conf-problem.ts';
import { nearestName } from './nearest-name.ts';
import {
  OptionReader,
  parseBoolean,
  parseDict,
  parseInteger,
  parseList,
  parseText,
} from './option-reader.ts';

function read(text: string, option: string, section = 'DEFAULT'): string {
  return new OptionReader(parseConf(text, 'cinder.conf').conf, [section]).read(option, parseText, 'not set');
}

test.each([
  ['a value after =', '[DEFAULT]\nkey = a b', 'a b'],
  ['a value after :', '[DEFAULT]\nkey: a', 'a'],
  ['the separator that comes first counts', '[DEFAULT]\nkey = http://x:1', 'http://x:1'],
  ['no comments inside a line', '[DEFAULT]\nkey = a # b', 'a # b'],
  ['a continued value', '[DEFAULT]\nkey = a\n  b\n\nother = c', 'a\nb'],
  ['outer quotes are stripped once', '[DEFAULT]\nkey = "\'a\'"', "'a'"],
  ['the last of several counts', '[DEFAULT]\nkey = a\nkey = b', 'b'],
  ['comments', '[DEFAULT]\n# key = a\n; key = b\nkey = c', 'c'],
  ['$name', '[DEFAULT]\nhome = /srv\nkey = $home/db', '/srv/db'],
  ['name in braces', `[DEFAULT]\nhome = /srv\nkey = $${'{home}'}db`, '/srvdb'],
  ['$group.name', '[DEFAULT]\nkey = $paths.home/db\n[paths]\nhome = /srv', '/srv/db'],
  ['an unknown name stays', '[DEFAULT]\nkey = $nothing', '$nothing'],
  ['$$ is a dollar', '[DEFAULT]\nkey = a$$b', 'a$b'],
  ['\\$ is a dollar', '[DEFAULT]\nkey = a\\$b', 'a$b'],
  ['a circle ends', '[DEFAULT]\nkey = $key', '$key'],
])('%s', (_name, text, expected) => {
  expect(read(text, 'key')).toBe(expected);
});

test('every line that cannot be read is reported, with its number', () => {
  const { problems } = parseConf('orphan = 1\n[DEFAULT]\n\n  lost\nnonsense\n[broken\n', 'cinder.conf');
  expect(problems.map(formatProblem)).toEqual([
    'cinder.conf:1: option orphan stands before any section: begin the file with [DEFAULT]',
    'cinder.conf:4: [DEFAULT] a line that begins with white space must continue a value above it',
    'cinder.conf:5: [DEFAULT] must be a section, a comment, or an option written key = value',
    'cinder.conf:6: [DEFAULT] a section must be written [name]',
  ]);
});

test('an option falls back from its section to the next, and a broken value is a problem at its line', () => {
  const { conf } = parseConf(
    '[backend_defaults]\nlimit = 5\nflag = perhaps\n[one]\nlimit = 500\n',
    'cinder.conf',
  );
  const reader = new OptionReader(conf, ['one', 'backend_defaults']);
  expect(reader.read('limit', parseInteger({ min: 0, max: 100 }), 7)).toBe(7);
  expect(reader.read('flag', parseBoolean, false)).toBe(false);
  expect(reader.required('name', 'must be set')).toBe('');
  expect(reader.problems.map(formatProblem)).toEqual([
    'cinder.conf:5: [one] limit: must be a whole number from 0 to 100',
    'cinder.conf:3: [backend_defaults] flag: must be true, 1, on, yes, or false, 0, off, no',
    '[one] name: must be set',
  ]);
});

test.each(['true', '1', 'ON', 'Yes'])('%s is true', (text) => {
  expect(parseBoolean(text)).toEqual({ kind: 'value', value: true });
});

test.each(['false', '0', 'Off', 'NO'])('%s is false', (text) => {
  expect(parseBoolean(text)).toEqual({ kind: 'value', value: false });
});

test.each([
  ['a, b ,c', ['a', 'b', 'c']],
  ['a,', ['a']],
  ['', []],
])('the list "%s"', (text, expected) => {
  expect(parseList(text)).toEqual({ kind: 'value', value: expected });
});

test('a dict keeps colons in values and glues pieces without one', () => {
  expect(parseDict('backend_id:fa2, san_ip:[2001:db8::1]:443,api_token:a,b')).toEqual({
    kind: 'value',
    value: { backend_id: 'fa2', san_ip: '[2001:db8::1]:443', api_token: 'a,b' },
  });
  expect(parseDict('a:1,a:2').kind).toBe('broken');
  expect(parseDict(':1').kind).toBe('broken');
});

test('a misspelt name finds the one that was meant, and a strange one finds none', () => {
  const known = ['pure_api_token', 'san_ip', 'use_chap_auth'];
  expect(nearestName('pure_api_tokn', known)).toBe('pure_api_token');
  expect(nearestName('san_pi', ['san_ip2', 'san_p'])).toBe('san_p');
  expect(nearestName('rabbit_hosts', known)).toBeNull();
});
