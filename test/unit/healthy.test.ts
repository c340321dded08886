/**
 * No false alarms: none of the healthy projects has an error, however it is called. Warnings and hints may be there;
 * they are kept in one file, so that a new one is seen and judged.
 */
import { expect, it } from 'vitest';
import { diagnoseHealthy, healthyProjects, lines } from '../support/healthy.ts';
import { overlaps } from '../support/overlaps.ts';

it('there are enough of them', () => {
  expect(healthyProjects.length).toBeGreaterThan(105);
});

it.each(healthyProjects.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  for (const call of [[], ...one.calls]) {
    const diagnosis = await diagnoseHealthy(one, call);
    expect(diagnosis.crashes).toEqual([]);
    const errors = lines(diagnosis).filter((line) => line.startsWith('error'));
    expect(errors, `as ${['docker compose', ...call].join(' ')}`).toEqual([]);
    expect(overlaps(diagnosis)).toEqual([]);
  }
});

it('the warnings and hints are those that are known', async () => {
  const known: string[] = [];
  for (const one of healthyProjects) {
    const said = new Set<string>();
    for (const call of [[], ...one.calls]) {
      for (const line of lines(await diagnoseHealthy(one, call))) said.add(line);
    }
    if (said.size > 0) known.push(one.name, ...[...said].sort().map((line) => `  ${line}`));
  }
  await expect(`${known.join('\n')}\n`).toMatchFileSnapshot('../healthy/warnings.txt');
});
