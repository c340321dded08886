// Written by `npm run generate` from the files that are there; not to be edited.
import type { Rule } from '../src/rule.ts';
import engineUnreachable from './engine/unreachable.ts';
import composeBindSourceNotFound from './compose/bind-source-not-found.ts';
import composeBuildContextNotFound from './compose/build-context-not-found.ts';
import composeConfigFileNotFound from './compose/config-file-not-found.ts';
import composeDockerfileNotFound from './compose/dockerfile-not-found.ts';
import composeDuplicateKey from './compose/duplicate-key.ts';
import composeEnvFileNotFound from './compose/env-file-not-found.ts';
import composeExtendsNotFound from './compose/extends-not-found.ts';
import composeIncludeNotFound from './compose/include-not-found.ts';
import composeInvalidInterpolation from './compose/invalid-interpolation.ts';
import composeInvalidValue from './compose/invalid-value.ts';
import composeInvalidYaml from './compose/invalid-yaml.ts';
import composeReferenceCycle from './compose/reference-cycle.ts';
import composeSecretFileNotFound from './compose/secret-file-not-found.ts';
import buildCopySourceNotFound from './build/copy-source-not-found.ts';
import buildInvalidDockerfile from './build/invalid-dockerfile.ts';
import registryImageNotBuilt from './registry/image-not-built.ts';
import registryImageUnavailable from './registry/image-unavailable.ts';

/** Every rule, in the order of layers and names. */
export const rules: readonly Rule[] = [
  engineUnreachable,
  composeBindSourceNotFound,
  composeBuildContextNotFound,
  composeConfigFileNotFound,
  composeDockerfileNotFound,
  composeDuplicateKey,
  composeEnvFileNotFound,
  composeExtendsNotFound,
  composeIncludeNotFound,
  composeInvalidInterpolation,
  composeInvalidValue,
  composeInvalidYaml,
  composeReferenceCycle,
  composeSecretFileNotFound,
  buildCopySourceNotFound,
  buildInvalidDockerfile,
  registryImageNotBuilt,
  registryImageUnavailable,
];
