import { rules } from '../../../rules/index.ts';
import { nearest } from '../../nearest.ts';
import { docsOf } from '../rule-docs.ts';
import { UsageError } from '../usage-error.ts';

/** `dockmedic explain <rule>`: what the rule says of itself. */
export function explainCommand(id: string): number {
  const rule = rules.find((one) => one.id === id) ?? rules.find((one) => one.id.endsWith(`/${id}`));
  if (!rule) {
    const near =
      nearest(
        id,
        rules.map((one) => one.id),
      ) ??
      nearest(
        id,
        rules.map((one) => one.id.split('/')[1] ?? ''),
      );
    throw new UsageError(
      `there is no rule "${id}"${near ? `; did you mean ${near}?` : ' (see dockmedic rules).'}`,
    );
  }
  process.stdout.write(`${rule.id} · ${rule.severity}\n${rule.title}\n\n${docsOf(rule)}\n`);
  return 0;
}
