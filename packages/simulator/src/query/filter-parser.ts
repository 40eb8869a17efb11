import type { FilterExpression, FilterOperand, FilterPath, FilterValue } from './filter-types.ts';
import { FilterError } from './filter-types.ts';

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'symbol'; readonly text: string };

/** Parses filter text. `not` binds tighter than `and`, `and` tighter than `or`. @throws FilterError */
export function parseFilter(text: string): FilterExpression {
  const parser = new Parser(tokenize(text));
  const expression = parser.parseOr();
  parser.expectEnd();
  return expression;
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const rest = text.slice(position);
    const space = /^\s+/.exec(rest);
    if (space !== null) {
      position += space[0].length;
      continue;
    }
    const quote = rest[0];
    if (quote === "'" || quote === '"') {
      const { value, length } = readString(rest, quote);
      tokens.push({ kind: 'string', text: value });
      position += length;
      continue;
    }
    const number = /^-?\d+(\.\d+)?(?![\w.])/.exec(rest);
    if (number !== null) {
      tokens.push({ kind: 'number', value: Number(number[0]) });
      position += number[0].length;
      continue;
    }
    const word = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest);
    if (word !== null) {
      tokens.push({ kind: 'word', text: word[0] });
      position += word[0].length;
      continue;
    }
    const symbol = /^(!=|<=|>=|[=<>(),.[\]])/.exec(rest);
    if (symbol === null) throw new FilterError(`unexpected character at ${position + 1}`);
    tokens.push({ kind: 'symbol', text: symbol[0] });
    position += symbol[0].length;
  }
  return tokens;
}

// Escapes are `\\`, `\'` and `\"`.
function readString(text: string, quote: string): { readonly value: string; readonly length: number } {
  let value = '';
  for (let position = 1; position < text.length; position += 1) {
    const character = text[position] ?? '';
    if (character === quote) return { value, length: position + 1 };
    if (character === '\\') {
      position += 1;
      value += text[position] ?? '';
    } else {
      value += character;
    }
  }
  throw new FilterError('a string is not closed');
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parseOr(): FilterExpression {
    let left = this.#parseAnd();
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#parseAnd() };
    return left;
  }

  expectEnd(): void {
    if (this.#position < this.#tokens.length) throw new FilterError('unexpected text at the end');
  }

  #parseAnd(): FilterExpression {
    let left = this.#parseNot();
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#parseNot() };
    return left;
  }

  #parseNot(): FilterExpression {
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#parseNot() };
    if (this.#takeSymbol('(')) {
      const inner = this.parseOr();
      this.#expectSymbol(')');
      return inner;
    }
    return this.#parseTerm();
  }

  #parseTerm(): FilterExpression {
    const name = this.#expectWord();
    if (name === 'contains' && this.#takeSymbol('(')) {
      const path = this.#parsePath(this.#expectWord());
      this.#expectSymbol(',');
      const text = this.#expectString();
      this.#expectSymbol(')');
      return { kind: 'contains', path, text };
    }
    if (name === 'tags' && this.#takeSymbol('(')) {
      const key = this.#expectString();
      this.#expectSymbol(',');
      const value = this.#expectString();
      this.#expectSymbol(')');
      return { kind: 'tags', key, value };
    }
    const path = this.#parsePath(name);
    const operator = this.#takeOperator();
    if (operator === null) return { kind: 'present', path };
    return { kind: 'compare', path, operator, operand: this.#parseOperand() };
  }

  #parsePath(first: string): FilterPath {
    const path = [this.#parseSegment(first)];
    while (this.#takeSymbol('.')) path.push(this.#parseSegment(this.#expectWord()));
    return path;
  }

  #parseSegment(field: string): FilterPath[number] {
    if (!this.#takeSymbol('[')) return { field };
    const token = this.#next();
    this.#expectSymbol(']');
    if (token?.kind === 'number' && Number.isInteger(token.value)) return { field, index: token.value };
    if (token?.kind === 'word' && (token.text === 'any' || token.text === 'all')) {
      return { field, index: token.text };
    }
    throw new FilterError(`wrong index of ${field}`);
  }

  #parseOperand(): FilterOperand {
    if (!this.#takeSymbol('(')) return { kind: 'value', value: this.#parseValue() };
    const values = [this.#parseValue()];
    while (this.#takeSymbol(',')) values.push(this.#parseValue());
    this.#expectSymbol(')');
    return { kind: 'list', values };
  }

  #parseValue(): FilterValue {
    const token = this.#next();
    switch (token?.kind) {
      case 'string':
        return token.text;
      case 'number':
        return token.value;
      case 'word':
        if (token.text === 'true') return true;
        if (token.text === 'false') return false;
        break;
      case 'symbol':
      case undefined:
        break;
    }
    throw new FilterError('a value is expected');
  }

  #takeOperator(): '=' | '!=' | '<' | '>' | '<=' | '>=' | null {
    for (const operator of ['=', '!=', '<', '>', '<=', '>='] as const) {
      if (this.#takeSymbol(operator)) return operator;
    }
    return null;
  }

  #takeWord(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== text) return false;
    this.#position += 1;
    return true;
  }

  #takeSymbol(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    this.#position += 1;
    return true;
  }

  #expectSymbol(text: string): void {
    if (!this.#takeSymbol(text)) throw new FilterError(`${text} is expected`);
  }

  #expectWord(): string {
    const token = this.#next();
    if (token?.kind !== 'word') throw new FilterError('a field name is expected');
    return token.text;
  }

  #expectString(): string {
    const token = this.#next();
    if (token?.kind !== 'string') throw new FilterError('a quoted text is expected');
    return token.text;
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#position];
    this.#position += 1;
    return token;
  }
}
