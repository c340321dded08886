/** Where the docker CLI looks for its plugins (docker/cli, `cli-plugins/manager`). */
import { type DockerEnvironment, dockerDirectory, pathsOf, variable } from './environment.ts';

/**
 * The directories in the order in which the CLI looks into them: those of `cliPluginsExtraDirs`, the user's own, the
 * system's. Relative ones are passed over: they would be looked up in the workspace, which is not to be trusted.
 */
export function pluginDirectories(
  environment: DockerEnvironment,
  extra: readonly string[],
): readonly string[] {
  const paths = pathsOf(environment);
  const own = paths.join(dockerDirectory(environment), 'cli-plugins');
  const all = [...extra, own, ...ofTheSystem(environment)];
  return [...new Set(all.filter((directory) => paths.isAbsolute(directory)))];
}

function ofTheSystem(environment: DockerEnvironment): readonly string[] {
  if (environment.platform !== 'win32') {
    return [
      '/usr/local/lib/docker/cli-plugins',
      '/usr/local/libexec/docker/cli-plugins',
      '/usr/lib/docker/cli-plugins',
      '/usr/libexec/docker/cli-plugins',
    ];
  }
  const { join } = pathsOf(environment);
  return [
    join(variable(environment, 'ProgramData') ?? 'C:\\ProgramData', 'Docker', 'cli-plugins'),
    join(variable(environment, 'ProgramFiles') ?? 'C:\\Program Files', 'Docker', 'cli-plugins'),
  ];
}
