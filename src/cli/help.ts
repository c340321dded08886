/** The help of dockmedic and of each of its commands, made of the table of commands. */
import { plain, span, wrap } from '../reporters/terminal-text.ts';
import {
  COMMANDS,
  type Command,
  type CommandName,
  callOf,
  type Option,
  spellingsOf,
  UNNAMED,
} from './commands.ts';

/** Narrower terminals break the lines by themselves; wider ones would make lines that are hard to follow. */
const COLUMNS = { least: 80, most: 110 };

/** The left half of a line, and what it means. */
type Row = readonly [string, string];

/** The text of `--help`, for a terminal of so many columns. */
export function helpOf(name: CommandName, columns: number): string {
  const command: Command = COMMANDS[name];
  const width = Math.min(Math.max(columns, COLUMNS.least), COLUMNS.most);
  const sections: [string, Row[]][] = [
    ['Arguments:', argumentRows(command)],
    ['Options:', optionRows(name, command)],
    ['Commands:', name === UNNAMED ? commandRows() : []],
  ];
  const shown = sections.filter(([, rows]) => rows.length > 0);
  const left = Math.max(...shown.flatMap(([, rows]) => rows.map(([term]) => term.length)));
  const blocks = [
    usageOf(name, command),
    fold(command.says, width),
    ...shown.map(([title, rows]) => [title, ...rows.map((row) => rowText(row, left, width))].join('\n')),
    ...(command.status === undefined ? [] : [fold(`Exit status: ${command.status}`, width)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function usageOf(name: CommandName, command: Command): string {
  const own = `${callOf(name)} [options]${argumentTerm(command)}`;
  return name === UNNAMED ? `Usage: ${own}\n       dockmedic <command> [options]` : `Usage: ${own}`;
}

function argumentTerm({ argument }: Command): string {
  if (!argument) return '';
  return argument.default === undefined ? ` <${argument.name}>` : ` [${argument.name}]`;
}

function argumentRows({ argument }: Command): Row[] {
  return argument ? [[argument.name, `${argument.says}${notes(argument)}`]] : [];
}

function optionRows(name: CommandName, command: Command): Row[] {
  const rows = spellingsOf(command).map(({ long, short, says, option }): Row => {
    const value = option.takes === undefined ? '' : ` <${option.takes}>`;
    return [`${short ? `-${short}, ` : ''}--${long}${value}`, `${says}${notes(option)}`];
  });
  const version: Row[] = name === UNNAMED ? [['-V, --version', 'print the version']] : [];
  return [...version, ...rows, ['-h, --help', 'print this help']];
}

function commandRows(): Row[] {
  const named = Object.entries<Command>(COMMANDS).filter(([name]) => name !== UNNAMED);
  return named.map(([name, command]) => {
    const options = Object.keys(command.options).length > 0 ? ' [options]' : '';
    return [`${name}${options}${argumentTerm(command)}`, command.says];
  });
}

function notes({ choices, default: usual }: Pick<Option, 'choices' | 'default'>): string {
  const parts = [
    ...(choices ? [`choices: ${choices.join(', ')}`] : []),
    ...(usual === undefined ? [] : [`default: ${usual}`]),
  ];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

function rowText([term, says]: Row, left: number, width: number): string {
  const hang = left + 4;
  return fold(says, width, hang).replace(/^/, `  ${term.padEnd(left)}  `);
}

/** At most so many columns; every line but the first stands `hang` columns in, where the first is put too. */
function fold(text: string, columns: number, hang = 0): string {
  const margin = ' '.repeat(hang);
  const lines = wrap([span(text)], { columns: columns - hang, unicode: true });
  return lines.map(plain).join(`\n${margin}`);
}
