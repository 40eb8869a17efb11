import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConformanceChecker, labelOf } from './conformance/checker.ts';
import { isObject, type JsonObject } from './conformance/closed-schema.ts';
import { type Exchange, startRecordingProxy } from './conformance/recording-proxy.ts';
import { requiredFields } from './conformance/required-fields.ts';
import { failingCases } from './contract/array-contract.ts';
import { simulatedGround } from './contract/grounds.ts';
import { levels } from './contract/levels.ts';

const documents = join(import.meta.dirname, '../../../../shared/reference/openapi');
const fileOf = (version: string) => join(documents, `fa-${version}.json`);
const versions = ['2.4', '2.26', '2.56'].filter((version) => existsSync(fileOf(version)));

function documentOf(version: string): JsonObject {
  const document: unknown = JSON.parse(readFileSync(fileOf(version), 'utf8'));
  if (!isObject(document)) {
    throw new TypeError(`${fileOf(version)} is not an OpenAPI document`);
  }
  return document;
}

test.runIf(versions.length === 0)(
  'SKIPPED: the OpenAPI documents are not beside this repository, so no conformance is checked',
  () => {
    expect(existsSync(documents)).toBe(false);
  },
);

describe.each(versions)('conformance with OpenAPI %s', (version) => {
  const exchanges: Exchange[] = [];
  let failed: readonly string[] = ['not run'];
  const checker = new ConformanceChecker(documentOf(version));

  beforeAll(async () => {
    const ground = await simulatedGround(version, (address) =>
      startRecordingProxy(address, (exchange) => exchanges.push(exchange)),
    );
    const skip = levels.find((level) => level.version === version)?.skip ?? [];
    failed = await failingCases(ground, skip, (subject) => subject);
    await ground.close();
  }, 120_000);
  afterAll(() => {
    exchanges.length = 0;
  });

  test('the contract holds with the recorder between', () => {
    expect(failed).toEqual([]);
  });

  test('every request and every reply conforms', () => {
    expect(exchanges.length).toBeGreaterThan(200);
    const problems = new Set(exchanges.flatMap((exchange) => checker.problems(exchange)));
    expect([...problems]).toEqual([]);
  });

  test('every kind of request that has required fields was made', () => {
    const made = new Set(exchanges.map(labelOf));
    expect(Object.keys(requiredFields).filter((label) => !made.has(label))).toEqual([]);
  });

  describe('one wrong field turns the check red', () => {
    const find = (operation: string) => {
      const found = exchanges.find((exchange) => labelOf(exchange) === operation && exchange.status === 200);
      if (found === undefined) {
        throw new Error(`${operation} was not recorded`);
      }
      return found;
    };
    const plant = (text: string, change: (body: unknown) => unknown) =>
      JSON.stringify(change(JSON.parse(text)));
    const inRow = (fields: JsonObject) => (body: unknown) =>
      isObject(body) && Array.isArray(body.items)
        ? { ...body, items: body.items.map((row) => (isObject(row) ? { ...row, ...fields } : row)) }
        : body;
    const inBody = (fields: JsonObject) => (body: unknown) =>
      isObject(body) ? { ...body, ...fields } : body;
    const request = (exchange: Exchange, fields: JsonObject): Exchange => ({
      ...exchange,
      requestBody: plant(exchange.requestBody, inBody(fields)),
    });
    const reply = (exchange: Exchange, fields: JsonObject): Exchange => ({
      ...exchange,
      replyBody: plant(exchange.replyBody, inRow(fields)),
    });
    const withoutField = (exchange: Exchange, field: string): Exchange =>
      reply(exchange, { [field]: undefined });

    const wrong: readonly (readonly [string, () => Exchange])[] = [
      ['an unknown query parameter', () => ({ ...find('GET volumes'), query: 'name=v1' })],
      ['a query parameter of the wrong type', () => ({ ...find('GET volumes'), query: 'limit=many' })],
      ['an unknown field in a request', () => request(find('POST volumes'), { size: 1 })],
      ['a field of the wrong type in a request', () => request(find('POST volumes'), { provisioned: '1G' })],
      ['a null in a request', () => request(find('POST volumes'), { provisioned: null })],
      ['a read-only field in a request', () => request(find('POST volumes'), { serial: '0'.repeat(24) })],
      ['a body where none belongs', () => ({ ...find('GET volumes'), requestBody: '{}' })],
      ['an unknown field in a reply', () => reply(find('POST volumes'), { size: 1 })],
      ['a field of the wrong type in a reply', () => reply(find('POST volumes'), { provisioned: '1G' })],
      ['a field missing in a reply', () => withoutField(find('POST volumes'), 'serial')],
      [
        'a wrong error envelope',
        () => ({ ...find('GET volumes'), status: 400, replyBody: '{"error":"no"}' }),
      ],
      ['an unknown path', () => ({ ...find('GET volumes'), path: `/api/${version}/volume` })],
    ];
    test.each(wrong)('%s', (_what, exchange) => {
      expect(checker.problems(exchange())).not.toEqual([]);
    });
  });
});
