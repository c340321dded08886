/** What a fix may change outside of the workspace. */
import { dockerDirectory, pathsOf } from '../docker/environment.ts';
import type { Outside } from '../fix/plan.ts';
import type { Machine } from './machine.ts';

/** Docker's own configuration, and nothing else. */
export function outsideOf({ docker }: Machine): Outside {
  return [pathsOf(docker).join(dockerDirectory(docker), 'config.json')];
}
