import { Ajv, type ValidateFunction } from 'ajv';
import { closedSchema, type Direction, isObject, type JsonObject, resolve } from './closed-schema.ts';
import type { Exchange } from './recording-proxy.ts';
import { requiredFields } from './required-fields.ts';

/** The error envelope (REST 2.x section 3); `location_context` comes with fleets. */
const errorEnvelope = {
  type: 'object',
  required: ['errors'],
  additionalProperties: false,
  properties: {
    errors: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['context', 'message'],
        additionalProperties: false,
        properties: {
          context: { type: ['string', 'null'] },
          message: { type: 'string', minLength: 1 },
          location_context: { type: ['object', 'null'] },
        },
      },
    },
  },
} as const;

/** Compares exchanges with one OpenAPI document. */
export class ConformanceChecker {
  readonly #document: JsonObject;
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    this.#document = document;
  }

  /** What is wrong with an exchange, in words; nothing when it conforms. */
  problems(exchange: Exchange): readonly string[] {
    const operation = this.#operation(exchange);
    const label = labelOf(exchange);
    if (operation === null) {
      return [`${label}: the document has no such operation`];
    }
    const problems = [
      ...this.#queryProblems(operation, exchange),
      ...this.#requestProblems(label, operation, exchange),
      ...this.#replyProblems(label, operation, exchange),
    ];
    return problems.map((problem) => `${label}: ${problem}`);
  }

  #operation({ path, method }: Exchange): JsonObject | null {
    const paths = isObject(this.#document.paths) ? this.#document.paths : {};
    const item = paths[path];
    const operation = isObject(item) ? item[method.toLowerCase()] : undefined;
    return isObject(operation) ? operation : null;
  }

  #queryProblems(operation: JsonObject, exchange: Exchange): readonly string[] {
    const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).map((parameter) =>
      resolve(this.#document, parameter),
    );
    const pairs = exchange.query === '' ? [] : exchange.query.split('&');
    return pairs.flatMap((pair) => {
      const [name = '', raw = ''] = pair.split('=', 2);
      const parameter = parameters.find((known) => known.in === 'query' && known.name === name);
      if (parameter === undefined) {
        return [`query parameter ${name} is unknown`];
      }
      const key = `${labelOf(exchange)} query ${name}`;
      return this.#validate(key, parameter.schema, 'request', queryValue(this.#document, parameter, raw));
    });
  }

  #requestProblems(label: string, operation: JsonObject, exchange: Exchange): readonly string[] {
    const body = isObject(operation.requestBody) ? operation.requestBody : null;
    if (exchange.requestBody === '') {
      return body?.required === true ? ['the request lacks its body'] : [];
    }
    if (body === null) {
      return ['the request has a body'];
    }
    return this.#validate(
      `${label} request`,
      jsonSchemaOf(body),
      'request',
      JSON.parse(exchange.requestBody),
    );
  }

  #replyProblems(label: string, operation: JsonObject, exchange: Exchange): readonly string[] {
    if (exchange.status !== 200) {
      return this.#compile('error', errorEnvelope, JSON.parse(exchange.replyBody));
    }
    const responses = isObject(operation.responses) ? operation.responses : {};
    const schema = jsonSchemaOf(resolve(this.#document, responses['200']));
    if (schema === undefined || exchange.replyBody === '') {
      return schema === undefined && exchange.replyBody !== '' ? ['the reply has a body'] : [];
    }
    const reply: unknown = JSON.parse(exchange.replyBody);
    return [
      ...this.#validate(`${label} reply`, schema, 'reply', reply),
      ...missingFields(label, reply).map((field) => `the reply lacks ${field}`),
    ];
  }

  #validate(key: string, schema: unknown, direction: Direction, value: unknown): readonly string[] {
    const known = this.#compiled.get(key);
    return known === undefined
      ? this.#compile(key, closedSchema(this.#document, schema, direction), value)
      : problemsOf(known, key, value);
  }

  #compile(key: string, schema: JsonObject, value: unknown): readonly string[] {
    const validate = this.#compiled.get(key) ?? this.#ajv.compile(schema);
    this.#compiled.set(key, validate);
    return problemsOf(validate, key, value);
  }
}

/** `GET volumes`, whatever the version. */
export function labelOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  return `${method} ${path.replace(/^\/api\/2\.\d+\//, '')}`;
}

function problemsOf(validate: ValidateFunction, key: string, value: unknown): readonly string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map(
        (error) => `${key}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
      );
}

function jsonSchemaOf(holder: JsonObject): unknown {
  const content = isObject(holder.content) ? holder.content['application/json'] : undefined;
  return isObject(content) ? content.schema : undefined;
}

/** Query values are text; the schema says what the text stands for. */
function queryValue(document: JsonObject, parameter: JsonObject, raw: string): unknown {
  const { type } = resolve(document, parameter.schema);
  if (type === 'array') {
    return raw.split(',').map(decodeURIComponent);
  }
  const text = decodeURIComponent(raw);
  if (type === 'integer' || type === 'number') {
    return Number(text);
  }
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** Required fields that some row does not have; null counts as there. */
function missingFields(label: string, reply: unknown): readonly string[] {
  const required = requiredFields[label] ?? [];
  return required.filter((field) => !has(reply, field.replaceAll('[]', '.*').split('.')));
}

function has(value: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined || value === null) {
    return true;
  }
  if (first === '*') {
    return Array.isArray(value) && value.every((element) => has(element, rest));
  }
  return isObject(value) && value[first] !== undefined && has(value[first], rest);
}
