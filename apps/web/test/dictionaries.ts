type Tree = { [key: string]: unknown };

/** Every text and function of a dictionary, with its path. */
export function leaves(tree: Tree, path = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? leaves(value as Tree, `${path}${key}.`)
      : [[path + key, value] as [string, unknown]],
  );
}

/** Whether each leaf is text or a function: the same in every language. */
export const shape = (tree: Tree) => leaves(tree).map(([path, value]) => `${path}: ${typeof value}`);

export const say = (value: unknown): string =>
  typeof value === 'function' ? String(value(2, 3, 4)) : String(value);
