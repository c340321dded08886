/**
 * `npm run update-data -- <file.json>`: takes the end-of-life dates of Alpine's releases into `src/data/`.
 *
 * The file is what https://endoflife.date/api/alpine-linux.json answers (it follows https://alpinelinux.org/releases/):
 * a list of `{ "cycle": "3.23", "eol": "2027-11-01" }`. It is given as a file and never fetched here, so that the change
 * is one that a person has seen. Dates that are known already and are not in the file stay.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'src/data/alpine-releases.json');
const given = process.argv[2];

if (given === undefined) {
  process.stderr.write(
    'usage: npm run update-data -- <file.json>, from https://endoflife.date/api/alpine-linux.json\n',
  );
  process.exitCode = 2;
} else {
  const known = JSON.parse(readFileSync(target, 'utf8'));
  const listed = JSON.parse(readFileSync(given, 'utf8'));
  const dates = new Map(Object.entries(known.endOfLife));
  let taken = 0;
  for (const { cycle, eol } of listed) {
    // A release whose end is not fixed yet has `false` here.
    if (!/^3\.\d+$/.test(cycle) || !/^\d{4}-\d{2}-\d{2}$/.test(eol)) continue;
    if (dates.get(cycle) !== eol) taken++;
    dates.set(cycle, eol);
  }
  const order = (a, b) => Number(a[0].split('.')[1]) - Number(b[0].split('.')[1]);
  const endOfLife = Object.fromEntries([...dates].sort(order));
  writeFileSync(target, `${JSON.stringify({ ...known, endOfLife }, null, 2)}\n`);
  process.stdout.write(`${taken} dates are new, ${dates.size} are known\n`);
}
