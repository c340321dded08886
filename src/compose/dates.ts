/** Values that YAML 1.1 takes for dates. Compose's parser makes a time of them, which fits no key. */
import type { LoadProblem, MapNode, Node, ScalarNode } from './model.ts';

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ ]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})?$/;

/** Finds them wherever Compose looks: not below keys for people's own use (`x-…`). */
export function findDates(root: MapNode, problems: LoadProblem[]): void {
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (node.kind === 'scalar') {
      check(node, problems);
      return;
    }
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') for (const item of node.items) visit(item);
    else for (const [name, { value }] of node.entries) if (!name.startsWith('x-')) visit(value);
  };
  visit(root);
}

function check(node: ScalarNode, problems: LoadProblem[]): void {
  const { text, style } = node;
  if (
    style !== 'plain' ||
    node.tagged ||
    node.parts ||
    typeof node.value !== 'string' ||
    !(DATE.test(text) || TIME.test(text))
  )
    return;
  const message = `\`${text}\` without quotes is a date to Compose, which takes none; put it in quotes`;
  problems.push({ kind: 'wrong-type', at: node.at, message });
}
