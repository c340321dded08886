import { rules } from '../../../rules/index.ts';
import { layerOf } from '../../rule.ts';
import { docsOf } from '../rule-docs.ts';

/** `dockmedic rules`: every rule, in the order in which they are run. */
export function rulesCommand(format: 'text' | 'json'): number {
  if (format === 'json') {
    const listed = rules.map((rule) => ({
      id: rule.id,
      layer: layerOf(rule),
      severity: rule.severity,
      title: rule.title,
      docs: docsOf(rule),
    }));
    process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(...rules.map((rule) => rule.id.length));
  for (const rule of rules) {
    process.stdout.write(`${rule.id.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.title}\n`);
  }
  process.stdout.write('\ndockmedic explain <rule> says more.\n');
  return 0;
}
