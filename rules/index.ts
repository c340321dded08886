// Written by `npm run generate` from the files that are there; not to be edited.
import type { Rule } from '../src/rule.ts';
import engineCliUnusable from './engine/cli-unusable.ts';
import engineDaemonCannotStart from './engine/daemon-cannot-start.ts';
import engineElsewhere from './engine/elsewhere.ts';
import engineUnhealthy from './engine/unhealthy.ts';
import engineUnreachable from './engine/unreachable.ts';
import engineUnsupported from './engine/unsupported.ts';
import composeAbsolutePathOfAMachine from './compose/absolute-path-of-a-machine.ts';
import composeBindKindMismatch from './compose/bind-kind-mismatch.ts';
import composeBindSourceNotFound from './compose/bind-source-not-found.ts';
import composeBuildContextNotFound from './compose/build-context-not-found.ts';
import composeCaseMismatch from './compose/case-mismatch.ts';
import composeConfigFileNotFound from './compose/config-file-not-found.ts';
import composeConflictMarkers from './compose/conflict-markers.ts';
import composeContainerNameConflict from './compose/container-name-conflict.ts';
import composeContextNotBuilt from './compose/context-not-built.ts';
import composeContradictingValues from './compose/contradicting-values.ts';
import composeDependencyCycle from './compose/dependency-cycle.ts';
import composeDockerfileNotFound from './compose/dockerfile-not-found.ts';
import composeDuplicateKey from './compose/duplicate-key.ts';
import composeEndOfLifeImage from './compose/end-of-life-image.ts';
import composeEnvFileInvalid from './compose/env-file-invalid.ts';
import composeEnvFileNotFound from './compose/env-file-not-found.ts';
import composeExtendsNotFound from './compose/extends-not-found.ts';
import composeFragmentWithoutBase from './compose/fragment-without-base.ts';
import composeHealthcheckMissing from './compose/healthcheck-missing.ts';
import composeHealthcheckProgramMissing from './compose/healthcheck-program-missing.ts';
import composeInactiveDependency from './compose/inactive-dependency.ts';
import composeIncludeNotFound from './compose/include-not-found.ts';
import composeInvalidInterpolation from './compose/invalid-interpolation.ts';
import composeInvalidProjectName from './compose/invalid-project-name.ts';
import composeInvalidValue from './compose/invalid-value.ts';
import composeInvalidYaml from './compose/invalid-yaml.ts';
import composeLabelFileNotFound from './compose/label-file-not-found.ts';
import composeMountConflict from './compose/mount-conflict.ts';
import composeNoImageNoBuild from './compose/no-image-no-build.ts';
import composeObsoleteVersion from './compose/obsolete-version.ts';
import composePortConflict from './compose/port-conflict.ts';
import composeReferenceCycle from './compose/reference-cycle.ts';
import composeRejected from './compose/rejected.ts';
import composeSecretFileNotFound from './compose/secret-file-not-found.ts';
import composeTwoMergeKeys from './compose/two-merge-keys.ts';
import composeUndefinedAlias from './compose/undefined-alias.ts';
import composeUndefinedConfig from './compose/undefined-config.ts';
import composeUndefinedDependency from './compose/undefined-dependency.ts';
import composeUndefinedModel from './compose/undefined-model.ts';
import composeUndefinedNetwork from './compose/undefined-network.ts';
import composeUndefinedSecret from './compose/undefined-secret.ts';
import composeUndefinedVolume from './compose/undefined-volume.ts';
import composeUnknownKey from './compose/unknown-key.ts';
import composeUnpinnedImage from './compose/unpinned-image.ts';
import composeUnsetVariable from './compose/unset-variable.ts';
import composeVolumeMeantAsPath from './compose/volume-meant-as-path.ts';
import composeWatchTargetMissing from './compose/watch-target-missing.ts';
import buildContextTooLarge from './build/context-too-large.ts';
import buildCopyManyToFile from './build/copy-many-to-file.ts';
import buildCopySourceIgnored from './build/copy-source-ignored.ts';
import buildCopySourceNotFound from './build/copy-source-not-found.ts';
import buildInvalidBaseImage from './build/invalid-base-image.ts';
import buildInvalidDockerfile from './build/invalid-dockerfile.ts';
import buildInvalidDockerignore from './build/invalid-dockerignore.ts';
import buildRejected from './build/rejected.ts';
import buildScriptCrlf from './build/script-crlf.ts';
import buildScriptInterpreter from './build/script-interpreter.ts';
import buildScriptNotExecutable from './build/script-not-executable.ts';
import buildSecretNotGiven from './build/secret-not-given.ts';
import buildUndeclaredArgument from './build/undeclared-argument.ts';
import buildUndefinedStage from './build/undefined-stage.ts';
import buildWrongPackageManager from './build/wrong-package-manager.ts';
import registryImageNotBuilt from './registry/image-not-built.ts';
import registryImageUnavailable from './registry/image-unavailable.ts';

/** Every rule, in the order of layers and names. */
export const rules: readonly Rule[] = [
  engineCliUnusable,
  engineDaemonCannotStart,
  engineElsewhere,
  engineUnhealthy,
  engineUnreachable,
  engineUnsupported,
  composeAbsolutePathOfAMachine,
  composeBindKindMismatch,
  composeBindSourceNotFound,
  composeBuildContextNotFound,
  composeCaseMismatch,
  composeConfigFileNotFound,
  composeConflictMarkers,
  composeContainerNameConflict,
  composeContextNotBuilt,
  composeContradictingValues,
  composeDependencyCycle,
  composeDockerfileNotFound,
  composeDuplicateKey,
  composeEndOfLifeImage,
  composeEnvFileInvalid,
  composeEnvFileNotFound,
  composeExtendsNotFound,
  composeFragmentWithoutBase,
  composeHealthcheckMissing,
  composeHealthcheckProgramMissing,
  composeInactiveDependency,
  composeIncludeNotFound,
  composeInvalidInterpolation,
  composeInvalidProjectName,
  composeInvalidValue,
  composeInvalidYaml,
  composeLabelFileNotFound,
  composeMountConflict,
  composeNoImageNoBuild,
  composeObsoleteVersion,
  composePortConflict,
  composeReferenceCycle,
  composeRejected,
  composeSecretFileNotFound,
  composeTwoMergeKeys,
  composeUndefinedAlias,
  composeUndefinedConfig,
  composeUndefinedDependency,
  composeUndefinedModel,
  composeUndefinedNetwork,
  composeUndefinedSecret,
  composeUndefinedVolume,
  composeUnknownKey,
  composeUnpinnedImage,
  composeUnsetVariable,
  composeVolumeMeantAsPath,
  composeWatchTargetMissing,
  buildContextTooLarge,
  buildCopyManyToFile,
  buildCopySourceIgnored,
  buildCopySourceNotFound,
  buildInvalidBaseImage,
  buildInvalidDockerfile,
  buildInvalidDockerignore,
  buildRejected,
  buildScriptCrlf,
  buildScriptInterpreter,
  buildScriptNotExecutable,
  buildSecretNotGiven,
  buildUndeclaredArgument,
  buildUndefinedStage,
  buildWrongPackageManager,
  registryImageNotBuilt,
  registryImageUnavailable,
];
