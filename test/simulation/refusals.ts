/** Changes that an array has refused for long: of what they named, and of nothing else, something may be in error or left. */
export class Refusals {
  readonly #texts: string[] = [];

  add(request: { readonly path: string; readonly body: string | null }): void {
    this.#texts.push(`${decodeURIComponent(request.path)} ${request.body ?? ''}`);
  }

  /** Whether one of them named one of these. */
  named(...words: readonly (string | null | undefined)[]): boolean {
    return words.some(
      (word) => typeof word === 'string' && word !== '' && this.#texts.some((text) => text.includes(word)),
    );
  }
}
