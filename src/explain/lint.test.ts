import { describe, expect, test } from 'vitest';
import { explainedByPins, explainedExample } from '../../test/support/explained-plans.ts';
import { parseMesh, parsePin, parsePins } from '../sharding/index.ts';
import { lintPlan } from './lint.ts';

/** Pins with everything wrong that lint knows, and that are no error. */
const badPins = JSON.stringify({
  format: 'skein.pins/1',
  mesh: {
    axes: [
      ['dp', 2],
      ['tp', 2],
      ['idle', 2],
    ],
  },
  pins: [
    { match: 'tokens', sharding: '[{tp}, {}]' },
    { match: 'tokens', sharding: '[{dp}, {}]' },
    { match: 'labels', sharding: '[{dp}, {}]' },
    { match: "params['h'][*]['mlp']['c_fc']['w']", sharding: '[{dp}, {tp}]' },
    { match: 'scope:jit(step)/jvp(h.*)/mlp/c_fc/add', sharding: '[{}, {tp}, {}]' },
  ],
});

describe('the lint of a plan by pins', async () => {
  const { subject, pins } = await explainedByPins('gpt2-tiny', parsePins(badPins), 'H100');
  const findings = lintPlan(subject, pins, 5e6);
  const told = (rule: string): string[] => findings.filter(found => found.rule === rule).map(({ message }) => message);

  test('tells pins that later ones override', () => {
    expect(told('idle pin')).toEqual([
      'the pin tokens=[{tp}, {}] decides nothing: later pins match all that it matches',
    ]);
  });

  test('tells axes that cut nothing', () => {
    expect(told('idle axis')).toEqual(['the axis idle=2 cuts nothing: 2 devices along it do the same work']);
  });

  test('tells large tensors that are whole though they could be cut', () => {
    expect(told('whole tensor')[0]).toBe(
      'h.*.mlp.c_proj.w with its optimizer state (393 kB) lies whole on every device; dimension 0 of 256 could be cut by dp=2',
    );
    expect(told('whole tensor')[2]).toMatch(/^the optimizer state of h\.\*\.mlp\.c_fc\.w /);
  });

  test('tells what is held again and again', () => {
    expect(told('repeated memory')).toContainEqual(
      expect.stringMatching(
        /^\S+ kB of optimizer state a device \(.*\) are the same along idle; cut along it .* less$/,
      ),
    );
    expect(lintPlan(subject, pins, 1e12).filter(({ rule }) => rule === 'repeated memory')).toEqual([]);
  });

  test('tells changes of layout inside blocks with their place and both layouts', () => {
    expect(told('costly change').join('\n')).toMatch(/h\.\*\.mlp\S* .*: \[.*\] to \[.*\], \d+ times: .* of the step/);
  });

  test('tells disputes by place, those of all repeats together', () => {
    expect(told('dispute').join('\n')).toMatch(/^at h\.\*\S*, \d+ times: factor .* both claim the axis/m);
  });
});

test('nothing is odd where there is nothing to cut', async () => {
  const { subject } = await explainedByPins('mlp', { mesh: parseMesh('dp=1'), pins: [parsePin('x=[{}, {}]')] });
  expect(lintPlan(subject, [parsePin('x=[{}, {}]')], 1e9)).toEqual([]);
});

test('a pin that no later pin covers is not idle', async () => {
  const { subject, pins } = await explainedExample('gpt2-tiny', 'megatron');
  expect(lintPlan(subject, pins, 1e12).filter(({ rule }) => rule === 'idle pin' || rule === 'idle axis')).toEqual([]);
});
