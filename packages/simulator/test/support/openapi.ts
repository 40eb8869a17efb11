import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const documents = join(import.meta.dirname, '../../../../../shared/reference/openapi');

type JsonObject = { readonly [key: string]: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the OpenAPI documents are beside this repository. */
export function hasDocument(version: string): boolean {
  return existsSync(join(documents, `fa-${version}.json`));
}

/** Where a reply says more than, or something else than, the OpenAPI document of that version allows. */
export function replyProblems(
  version: string,
  method: string,
  path: string,
  reply: unknown,
): readonly string[] {
  const document: unknown = JSON.parse(readFileSync(join(documents, `fa-${version}.json`), 'utf8'));
  const at = (node: unknown, ...keys: readonly string[]): unknown =>
    keys.reduce((value, key) => resolve(document, isObject(value) ? value[key] : undefined), node);
  const content = at(
    document,
    'paths',
    `/api/${version}/${path}`,
    method.toLowerCase(),
    'responses',
    '200',
    'content',
  );
  const schema = isObject(content) ? at(Object.values(content)[0], 'schema') : undefined;
  if (schema === undefined) return [`no reply of ${method} ${path} in ${version}`];
  return problems(document, schema, reply, path);
}

function resolve(document: unknown, node: unknown): unknown {
  const reference = isObject(node) ? node['$ref'] : undefined;
  if (typeof reference !== 'string') return node;
  const target = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);
  return resolve(document, target);
}

function propertiesOf(document: unknown, schema: unknown): JsonObject {
  const resolved = resolve(document, schema);
  if (!isObject(resolved)) return {};
  const inherited = Array.isArray(resolved['allOf'])
    ? resolved['allOf'].map((parent: unknown) => propertiesOf(document, parent))
    : [];
  return Object.assign({}, ...inherited, isObject(resolved['properties']) ? resolved['properties'] : {});
}

// Null stands for an absent value anywhere, as real arrays have it (purity-rest-2.x.md section 4).
function problems(document: unknown, node: unknown, value: unknown, where: string): readonly string[] {
  const schema = resolve(document, node);
  if (value === null || !isObject(schema)) return [];
  if (Array.isArray(value)) {
    if (schema['type'] !== 'array') return [`${where} is a list`];
    return value.flatMap((element: unknown) => problems(document, schema['items'], element, `${where}[]`));
  }
  if (isObject(value)) {
    const properties = propertiesOf(document, schema);
    if (Object.keys(properties).length === 0) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      key in properties
        ? problems(document, properties[key], inner, `${where}.${key}`)
        : [`${where}.${key} is unknown`],
    );
  }
  const type = schema['type'];
  const fits =
    type === undefined ||
    type === typeof value ||
    (type === 'integer' && Number.isInteger(value)) ||
    (type === 'number' && typeof value === 'number');
  return fits ? [] : [`${where} is ${typeof value}, not ${String(type)}`];
}
