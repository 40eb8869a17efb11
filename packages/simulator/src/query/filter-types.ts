/** The text is not a filter, or asks for a field that is not there. */
export class FilterError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FilterError';
  }
}

export type FilterValue = string | number | boolean;

/** `a.b[any].c`; `index` of a list field: one element, any or all of them (absent: any). */
export type FilterPath = readonly { readonly field: string; readonly index?: number | 'any' | 'all' }[];

export type FilterOperand =
  | { readonly kind: 'value'; readonly value: FilterValue }
  | { readonly kind: 'list'; readonly values: readonly FilterValue[] };

export type FilterExpression =
  | { readonly kind: 'and' | 'or'; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly kind: 'not'; readonly operand: FilterExpression }
  | { readonly kind: 'present'; readonly path: FilterPath }
  | { readonly kind: 'contains'; readonly path: FilterPath; readonly text: string }
  | { readonly kind: 'tags'; readonly key: string; readonly value: string }
  | {
      readonly kind: 'compare';
      readonly path: FilterPath;
      readonly operator: '=' | '!=' | '<' | '>' | '<=' | '>=';
      readonly operand: FilterOperand;
    };
