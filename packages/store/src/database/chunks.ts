/** Values bound in one IN (...): far below what SQLite takes (32766), and a page of a list fits in one. */
const valuesPerStatement = 1000;

export function inChunks<Value>(values: readonly Value[]): readonly (readonly Value[])[] {
  return Array.from({ length: Math.ceil(values.length / valuesPerStatement) }, (_, index) =>
    values.slice(index * valuesPerStatement, (index + 1) * valuesPerStatement),
  );
}
