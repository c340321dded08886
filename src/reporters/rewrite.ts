/** What many edits have in common: `docker/… → dockerfiles/…` instead of thirteen pairs of paths. Pure. */

type Rewriting = { readonly oldText: string; readonly newText: string };
type Rewrite = { readonly from: string; readonly to: string };

const unquoted = (text: string) => text.replace(/^(["'])(.*)\1$/s, '$2');

/** The one change of a leading path that every edit makes; undefined where there is none. */
export function commonRewrite(edits: readonly Rewriting[]): Rewrite | undefined {
  let common: Rewrite | undefined;
  for (const edit of edits) {
    const rewrite = leadingChange(unquoted(edit.oldText), unquoted(edit.newText));
    if (!rewrite) return undefined;
    if (common && (common.from !== rewrite.from || common.to !== rewrite.to)) return undefined;
    common = rewrite;
  }
  return common;
}

function leadingChange(from: string, to: string): Rewrite | undefined {
  let same = 0;
  while (same < from.length && same < to.length && from.at(-1 - same) === to.at(-1 - same)) same++;
  const slash = from.indexOf('/', from.length - same);
  if (same === 0 || slash <= 0) return undefined;
  const tail = from.length - slash;
  if (to.length - tail <= 0) return undefined;
  return { from: `${from.slice(0, slash)}/…`, to: `${to.slice(0, to.length - tail)}/…` };
}

/** A fix's title with its own values replaced by what all have in common; the bare change where it names none. */
export function rewrittenTitle(title: string, edit: Rewriting, { from, to }: Rewrite): string {
  const oldText = unquoted(edit.oldText);
  const newText = unquoted(edit.newText);
  const arrow = title.lastIndexOf(newText);
  const start = title.indexOf(oldText);
  if (start < 0 || arrow < start + oldText.length) return `${from} → ${to}`;
  const between = title.slice(start + oldText.length, arrow);
  return title.slice(0, start) + from + between + to + title.slice(arrow + newText.length);
}

/** What titles of the form `key: old → new` have in common; undefined where they differ in more than one leading path. */
export function commonTitle(titles: readonly string[]): string | undefined {
  const parts = titles.map((title) => /^(.*?)(\S+) → (\S+)$/.exec(title));
  const [first] = parts;
  const edits = parts.flatMap((part) =>
    part && part[1] === first?.[1] ? [{ oldText: part[2] ?? '', newText: part[3] ?? '' }] : [],
  );
  if (!first || edits.length < titles.length) return undefined;
  const rewrite = commonRewrite(edits);
  return rewrite && `${first[1]}${rewrite.from} → ${rewrite.to}`;
}
