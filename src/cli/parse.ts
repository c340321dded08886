/** What was typed, as one call of a command. */
import { parseArgs } from 'node:util';
import { nearest } from '../nearest.ts';
import {
  type ArgumentOf,
  COMMANDS,
  type Command,
  type CommandName,
  callOf,
  type OptionsOf,
  type Spelling,
  spellingsOf,
  UNNAMED,
} from './commands.ts';
import { UsageError } from './usage-error.ts';

type CallOf<N extends CommandName> = {
  readonly command: N;
  readonly argument: ArgumentOf<N>;
  readonly options: OptionsOf<N>;
};

/** A command to run, or a question about the program itself. */
export type Call =
  | { [N in CommandName]: CallOf<N> }[CommandName]
  | { readonly command: 'help'; readonly about: CommandName }
  | { readonly command: 'version' };

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/**
 * Reads the arguments of a call. The command is the first that is no option, if it is the name of one, and not after
 * `--`; else there is none and it is the directory. Options may stand anywhere.
 *
 * @throws UsageError where this is no call of dockmedic
 */
export function parseCall(args: readonly string[]): Call {
  const tokens = tokensOf(args);
  const name = commandOf(tokens);
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help'))
    return { command: 'help', about: name };
  if (tokens.some((token) => token.kind === 'option' && token.name === 'version'))
    return { command: 'version' };
  const options = optionsOf(name, tokens, args);
  const given = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const argument = argumentOf(name, name === UNNAMED ? given : given.slice(1));
  // Both were read by the table that the types are made of.
  return { command: name, argument, options } as Call;
}

/** Node takes the arguments apart and judges none: it would not say which option is wrong but in a sentence. */
function tokensOf(args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
  };
  for (const command of Object.values(COMMANDS)) {
    for (const { long, short, option } of spellingsOf(command)) {
      options[long] = { type: option.takes === undefined ? 'boolean' : 'string', ...(short && { short }) };
    }
  }
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  return parsed.tokens;
}

function commandOf(tokens: readonly Token[]): CommandName {
  const first = tokens.find(({ kind }) => kind !== 'option');
  return first?.kind === 'positional' && isCommand(first.value) ? first.value : UNNAMED;
}

function isCommand(name: string): name is CommandName {
  return name !== UNNAMED && Object.hasOwn(COMMANDS, name);
}

function optionsOf(name: CommandName, tokens: readonly Token[], args: readonly string[]) {
  const command: Command = COMMANDS[name];
  const spellings = spellingsOf(command);
  const options: Record<string, string | boolean | readonly string[]> = {};
  for (const [key, option] of Object.entries(command.options)) {
    if (option.default !== undefined) options[key] = option.default;
    if (option.says === undefined) options[key] = true;
  }
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const spelling = spellings.find(({ long }) => long === token.name);
    if (!spelling) throw unknownOption(args[token.index] ?? token.rawName, name, spellings);
    const { key, option, sets } = spelling;
    if (option.takes === undefined) {
      if (token.value !== undefined) throw new UsageError(`--${spelling.long} takes no value.`);
      options[key] = sets;
      continue;
    }
    const value = valueGiven(token, spelling, name);
    const before = options[key];
    if (option.many === undefined) options[key] = value;
    else
      options[key] = [
        ...(Array.isArray(before) ? before : []),
        ...(option.many === 'listed' ? partsOf(value) : [value]),
      ];
  }
  return options;
}

function valueGiven(token: OptionToken, { long, option }: Spelling, name: CommandName): string {
  const { value, inlineValue } = token;
  // What looks like the next option is no value, except where it is written as one: `--file=-odd.yaml`.
  if (value === undefined || (!inlineValue && /^-./.test(value)))
    throw new UsageError(`--${long} takes a value: --${long} <${option.takes}> ${seeHelp(name)}`);
  const { choices } = option;
  if (choices && !choices.includes(value))
    throw new UsageError(
      `--${long} takes ${choices.join(', ')}, not "${value}"${didYouMean(nearest(value, choices)) ?? '.'}`,
    );
  return value;
}

function partsOf(value: string): string[] {
  const parts = value.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function argumentOf(name: CommandName, given: readonly string[]): string | undefined {
  const { argument }: Command = COMMANDS[name];
  if (given.length > (argument ? 1 : 0)) {
    const many = given.map((one) => `"${one}"`).join(', ');
    throw new UsageError(
      `too many arguments: ${callOf(name)} takes ${argument ? 'one' : 'none'}, not ${many} ${seeHelp(name)}`,
    );
  }
  const [value = argument?.default] = given;
  if (argument && value === undefined)
    throw new UsageError(`missing required argument: ${callOf(name)} <${argument.name}> ${seeHelp(name)}`);
  return value;
}

function unknownOption(typed: string, name: CommandName, spellings: readonly Spelling[]): UsageError {
  // Without its value, which may be a secret.
  const [wrong = typed] = typed.split('=');
  const known = spellings.flatMap(({ long, short }) => [`--${long}`, ...(short ? [`-${short}`] : [])]);
  const near = nearest(wrong, [...known, '--help']);
  return new UsageError(`there is no option ${wrong}${didYouMean(near) ?? ` ${seeHelp(name)}`}`);
}

function didYouMean(near: string | undefined): string | undefined {
  return near === undefined ? undefined : `; did you mean ${near}?`;
}

function seeHelp(name: CommandName): string {
  return `(see ${callOf(name)} --help).`;
}
