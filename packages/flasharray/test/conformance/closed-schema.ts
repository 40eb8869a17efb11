/** A JSON object of an OpenAPI document. */
export type JsonObject = { readonly [key: string]: unknown };

/** Which way a schema is looked at: fields marked read-only may not be sent, and replies may hold nulls. */
export type Direction = 'request' | 'reply';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows `#/components/schemas/Volume` in a document. */
export function resolve(document: JsonObject, node: unknown): JsonObject {
  let current = node;
  for (let depth = 0; depth < 20; depth += 1) {
    if (!isObject(current)) {
      break;
    }
    const { $ref: reference } = current;
    if (typeof reference !== 'string') {
      return current;
    }
    current = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);
  }
  throw new TypeError(`no such schema: ${JSON.stringify(node)}`);
}

const passedOn = ['enum', 'minimum', 'maximum', 'minItems', 'maxItems', 'pattern', 'uniqueItems'] as const;

/**
 * A JSON schema that accepts what the OpenAPI schema lists and nothing else: references resolved, `allOf` merged,
 * objects closed. In requests read-only fields are gone; in replies null stands for an absent field anywhere, as real
 * arrays have it (REST 2.x section 4, null and unset).
 */
export function closedSchema(document: JsonObject, node: unknown, direction: Direction): JsonObject {
  const schema = merged(document, node);
  if (Array.isArray(schema.oneOf)) {
    const branches = schema.oneOf.map((branch) => closedSchema(document, branch, direction));
    return { anyOf: branches };
  }
  const limits = Object.fromEntries(
    passedOn.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])),
  );
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (schema.type === 'array') {
    const items = closedSchema(document, schema.items, direction);
    return { ...limits, type: typeOf('array', direction), items };
  }
  if (Object.keys(properties).length > 0) {
    const allowed = Object.entries(properties).filter(
      ([, property]) => direction === 'reply' || merged(document, property).readOnly !== true,
    );
    return {
      type: typeOf('object', direction),
      properties: Object.fromEntries(
        allowed.map(([name, property]) => [name, closedSchema(document, property, direction)]),
      ),
      additionalProperties: false,
    };
  }
  return typeof schema.type === 'string' ? { ...limits, type: typeOf(schema.type, direction) } : limits;
}

function typeOf(type: string, direction: Direction): string | readonly string[] {
  return direction === 'reply' ? [type, 'null'] : type;
}

/** A schema with what it inherits; its own words win, properties add up. */
function merged(document: JsonObject, node: unknown): JsonObject {
  const schema = resolve(document, node);
  const parents = Array.isArray(schema.allOf) ? schema.allOf.map((parent) => merged(document, parent)) : [];
  const parts = [...parents, schema];
  const properties = parts.map((part) => (isObject(part.properties) ? part.properties : {}));
  return { ...Object.assign({}, ...parts), properties: Object.assign({}, ...properties) };
}
