/** What a repair has changed so far, over all its rounds: each file as it was at first and as it is now. */
import type { FilePath } from '../source.ts';
import type { FileChange } from './changes.ts';
import { countLines } from './diff.ts';
import { sha256 } from './journal-model.ts';

export type ChangedFile = {
  readonly file: FilePath;
  /** Lines, as a diff counts them. */
  readonly added: number;
  readonly removed: number;
  readonly created: boolean;
  /** The permission bits that it was given; null where they stayed. */
  readonly mode: number | null;
};

export type ChangedFiles = {
  /** Notes changes that stay. */
  keep(changes: readonly FileChange[]): void;
  /** Equal for equal states of all files, whichever of them were touched on the way. */
  state(): string;
  list(): readonly ChangedFile[];
};

type Track = { readonly before: string | null; readonly after: string | null; readonly mode: number | null };

export function trackChanges(): ChangedFiles {
  const tracks = new Map<FilePath, Track>();
  const sorted = () => [...tracks].sort(([a], [b]) => (a < b ? -1 : 1));
  const isChanged = ({ before, after, mode }: Track) => before !== after || mode !== null;
  return {
    keep(changes) {
      for (const change of changes) tracks.set(change.file, next(tracks.get(change.file), change));
    },
    state() {
      return JSON.stringify(
        sorted().flatMap(([file, track]) =>
          isChanged(track) ? [[file, track.after === null ? null : sha256(track.after), track.mode]] : [],
        ),
      );
    },
    list() {
      return sorted().flatMap(([file, track]) =>
        isChanged(track)
          ? [
              {
                file,
                ...countLines(track.before, track.after),
                created: track.before === null && track.after !== null,
                mode: track.mode,
              },
            ]
          : [],
      );
    },
  };
}

function next(track: Track | undefined, change: FileChange): Track {
  if (change.kind === 'chmod') return { before: null, after: null, ...track, mode: change.mode };
  const before = change.kind === 'create' ? null : change.before;
  return {
    // A file that only had its permissions changed so far has no text noted yet.
    before: track && track.after !== null ? track.before : before,
    after: change.after,
    mode: change.mode ?? track?.mode ?? null,
  };
}
