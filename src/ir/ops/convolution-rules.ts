import { convolutionDimensions, integerAttribute, integersAttribute } from '../access.ts';
import type { OperationContext, Report } from './definition.ts';
import { formatNumbers, inRange, isUnique, operandTensor, resultTensor } from './definition.ts';

/** The constraints of `convolution`. */
export function verifyConvolution(context: OperationContext, report: Report): void {
  const rank = operandTensor(context, 0).shape.length;
  const kernelRank = operandTensor(context, 1).shape.length;
  if (rank !== kernelRank) {
    report('C1', `the input has rank ${rank} and the kernel rank ${kernelRank}`);
    return;
  }
  const [input, kernel] = [operandTensor(context, 0).element, operandTensor(context, 1).element];
  if (input !== kernel) report('C27', `the input holds ${input}, the kernel ${kernel}`);
  let broken = false;
  const tell: Report = (label, message) => {
    broken = true;
    report(label, message);
  };
  verifyRoles(context, rank, tell);
  verifyWindow(context, rank - 2, tell);
  if (!broken) verifyGroups(context, tell);
  const precision = context.operation.attributes.precision_config;
  if (precision?.kind === 'array' && precision.elements.length !== 2 && precision.elements.length !== 0) {
    tell('C24', `precision_config has ${precision.elements.length} entries, not 2`);
  }
}

/** Every dimension has exactly one role. */
function verifyRoles(context: OperationContext, rank: number, report: Report): void {
  const roles = convolutionDimensions(context.operation);
  const sides: readonly (readonly [string, string, string, readonly number[], readonly number[]])[] = [
    ['C12', 'C13', 'input', roles.inputSpatial, [roles.inputBatch, roles.inputFeature]],
    ['C17', 'C18', 'kernel', roles.kernelSpatial, [roles.kernelInputFeature, roles.kernelOutputFeature]],
    ['C19', 'C20', 'output', roles.outputSpatial, [roles.outputBatch, roles.outputFeature]],
  ];
  for (const [countLabel, uniqueLabel, what, spatial, others] of sides) {
    const all = [...others, ...spatial];
    if (spatial.length !== rank - 2) {
      report(countLabel, `${spatial.length} spatial dimensions of the ${what}, not ${rank - 2}`);
    } else if (!isUnique(all) || !inRange(all, rank)) {
      report(uniqueLabel, `dimensions ${formatNumbers(all)} of the ${what} are not each of 0 to ${rank - 1} once`);
    }
  }
  const resultRank = resultTensorRank(context);
  if (resultRank !== undefined && resultRank !== rank) report('C26', `the result has rank ${resultRank}, not ${rank}`);
}

function verifyWindow(context: OperationContext, spatial: number, report: Report): void {
  const { operation } = context;
  const lists: readonly (readonly [string, string, string])[] = [
    ['window_strides', 'C2', 'C3'],
    ['lhs_dilation', 'C5', 'C6'],
    ['rhs_dilation', 'C7', 'C8'],
    ['window_reversal', 'C9', ''],
  ];
  for (const [name, countLabel, positiveLabel] of lists) {
    if (operation.attributes[name] === undefined) continue;
    const values = integersAttribute(operation, name);
    if (values.length === 0) continue;
    if (values.length !== spatial) report(countLabel, `${values.length} ${name} for ${spatial} spatial dimensions`);
    else if (positiveLabel !== '' && values.some(value => value <= 0)) {
      report(positiveLabel, `${name} ${formatNumbers(values)} are not all positive`);
    }
  }
  const padding = operation.attributes.padding;
  if (padding?.kind === 'dense') {
    const { shape } = padding.type;
    if (shape.length !== 2 || shape[0] !== spatial || shape[1] !== 2) {
      report('C4', `padding has shape ${formatNumbers(shape)}, not [${spatial}, 2]`);
    }
  }
  const kernel = operandTensor(context, 1).shape;
  const { kernelSpatial } = convolutionDimensions(operation);
  if (kernelSpatial.some(dimension => kernel[dimension] === 0)) report('I2', 'the kernel has a spatial size of 0');
}

function verifyGroups(context: OperationContext, report: Report): void {
  const { operation } = context;
  const roles = convolutionDimensions(operation);
  const input = operandTensor(context, 0).shape;
  const kernel = operandTensor(context, 1).shape;
  const featureGroups = integerAttribute(operation, 'feature_group_count', 1);
  const batchGroups = integerAttribute(operation, 'batch_group_count', 1);
  if (featureGroups <= 0) report('C21', `feature_group_count is ${featureGroups}`);
  if (batchGroups <= 0) report('C22', `batch_group_count is ${batchGroups}`);
  if (featureGroups <= 0 || batchGroups <= 0) return;
  if (featureGroups > 1 && batchGroups > 1) report('C23', 'features and batch cannot both be grouped');
  const [batch, features] = [input[roles.inputBatch], input[roles.inputFeature]];
  const [kernelInput, kernelOutput] = [kernel[roles.kernelInputFeature], kernel[roles.kernelOutputFeature]];
  if (batch % batchGroups !== 0) report('C10', `batch ${batch} is not a multiple of ${batchGroups} groups`);
  if (features % featureGroups !== 0) report('C11', `${features} features are no multiple of ${featureGroups} groups`);
  else if (kernelInput !== features / featureGroups) {
    report('C14', `the kernel takes ${kernelInput} features, the input has ${features / featureGroups} per group`);
  }
  if (kernelOutput % batchGroups !== 0)
    report('C15', `${kernelOutput} outputs are no multiple of ${batchGroups} groups`);
  if (kernelOutput % featureGroups !== 0) {
    report('C16', `${kernelOutput} outputs are no multiple of ${featureGroups} groups`);
  }
}

function resultTensorRank(context: OperationContext): number | undefined {
  return context.results.length === 0 ? undefined : resultTensor(context, 0).shape.length;
}
