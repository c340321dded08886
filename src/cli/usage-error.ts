/** Thrown where dockmedic was not called as it can be; its message is the one line that a person sees. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
