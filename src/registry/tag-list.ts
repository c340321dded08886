/**
 * The tags of a repository, page by page (OCI distribution specification, "Listing Tags"). Docker Hub's large ones have
 * thousands.
 */
import { field, jsonOf, type Stop } from './answer.ts';
import type { Conversation } from './client.ts';
import type { HttpReply } from './transport.ts';

/** Asked for at once; registries give fewer where they want to. */
const TAGS_A_PAGE = 1000;
/** `library/node` and its like have some seven thousand tags. */
const MOST_PAGES = 12;
const MOST_TAGS = 20_000;

export type TagList = {
  /** The answer to the first page, for what it says besides tags. */
  readonly answer: HttpReply | Stop;
  /** Undefined where that was no list of tags; empty where there are none. */
  readonly tags?: readonly string[];
  /** False where there are more, or the time was up. */
  readonly complete: boolean;
};

/** Reads as many pages as the bounds and the time of the conversation allow. */
export async function listTags(talk: Conversation): Promise<TagList> {
  const answer = await talk.ask('GET', `tags/list?n=${TAGS_A_PAGE}`, 'application/json');
  const first = tagsOf(answer);
  if (!first || 'verdict' in answer) return { answer, complete: false };
  const tags = new Set(first);
  let next = nextPage(answer);
  for (let page = 1; next !== undefined && page < MOST_PAGES && tags.size < MOST_TAGS; page++) {
    const before = tags.size;
    const reply = await talk.ask('GET', next, 'application/json');
    const found = tagsOf(reply);
    if (!found || 'verdict' in reply) break;
    for (const tag of found) tags.add(tag);
    // A registry that gives the same page again would do so for ever.
    next = tags.size === before ? undefined : nextPage(reply);
  }
  return { answer, tags: [...tags].slice(0, MOST_TAGS), complete: next === undefined };
}

function tagsOf(reply: HttpReply | Stop): readonly string[] | undefined {
  if ('verdict' in reply || reply.status !== 200) return undefined;
  const tags = field(jsonOf(reply), 'tags');
  // A repository of which every tag was removed has `null` here.
  if (tags === null) return [];
  if (!Array.isArray(tags)) return undefined;
  return tags
    .slice(0, MOST_TAGS)
    .filter((tag): tag is string => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag));
}

/**
 * Where the next page is (`Link: </v2/…/tags/list?last=…&n=…>; rel="next"`), as a path of this repository. Only the
 * query is taken from the header: it cannot lead anywhere else.
 */
function nextPage(reply: HttpReply): string | undefined {
  const header = [reply.headers.link ?? ''].flat().join(', ');
  const target = /<([^<>\s]{1,2000})>\s*;[^,<]*\brel="?next"?/i.exec(header)?.[1];
  if (target === undefined || !URL.canParse(target, 'http://registry.invalid/')) return undefined;
  const { search } = new URL(target, 'http://registry.invalid/');
  return search === '' ? undefined : `tags/list${search}`;
}
