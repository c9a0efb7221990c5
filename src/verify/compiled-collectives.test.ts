import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompiledCollective, readCompiledCollectives } from './compiled-collectives.ts';

const mesh = {
  axes: [
    { name: 'dp', size: 2 },
    { name: 'tp', size: 4 },
  ],
};

/** Compiled text of a program in test/conformance/compiled_hlo.py. */
const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.hlo.txt`, import.meta.url), 'utf8');

const show = (collective: CompiledCollective): string => {
  const { kind, axes, bytesPerDevice, trips, tripsKnown, count, elementTypes, effectiveReduceScatter } = collective;
  const notes = [tripsKnown ? '' : ' trips unknown', effectiveReduceScatter ? ' then sliced' : ''].join('');
  return `${kind} ${axes.join(',')}: ${bytesPerDevice} B x ${trips}, ${count} ${elementTypes.join(',')}${notes}`;
};

const read = (text: string, deviceIds?: readonly number[]): string[] =>
  readCompiledCollectives(text, deviceIds === undefined ? mesh : { ...mesh, deviceIds }).map(show);

const showNative = (text: string): string[] =>
  readCompiledCollectives(text, mesh).map(({ kind, axes, bytesPerDevice, slicedBytesPerDevice, native }) => {
    const sliced = slicedBytesPerDevice > 0 ? ` (${slicedBytesPerDevice} sliced)` : '';
    const nativeSliced = native.slicedBytesPerDevice > 0 ? ` (${native.slicedBytesPerDevice} sliced)` : '';
    return `${kind} ${axes.join(',')}: ${bytesPerDevice} B${sliced}, native ${native.bytesPerDevice} B${nativeSliced}`;
  });

/** A module with one collective over an f32[8,4] (128 B). */
const module = (line: string): string => `HloModule test

%add (x: f32[], y: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %y = f32[] parameter(1)
  ROOT %sum = f32[] add(%x, %y)
}

ENTRY %main (p: f32[8,4]) -> f32[8,4] {
  %p = f32[8,4]{1,0} parameter(0)
  ${line}
}
`;

describe('reading collectives of compiled programs', () => {
  it('finds the activations and gradients of a Megatron pair, combined ones summed', () => {
    expect(read(fixture('megatron'))).toMatchInlineSnapshot(`
      [
        "all-reduce tp: 256 B x 1, 1 f32",
        "all-reduce dp: 1024 B x 1, 2 f32",
        "all-reduce tp: 256 B x 1, 1 f32",
      ]
    `);
  });

  it('finds one collective of each kind, a promoted all-reduce with the type that it has', () => {
    expect(read(fixture('manual'))).toMatchInlineSnapshot(`
      [
        "all-to-all tp: 512 B x 1, 1 f32",
        "collective-permute dp: 512 B x 1, 1 f32",
        "reduce-scatter tp: 512 B x 1, 1 f32",
        "all-gather dp,tp: 1024 B x 1, 1 f32",
        "all-reduce dp: 1024 B x 1, 1 f32",
      ]
    `);
  });

  it('multiplies the trip counts of nested loops', () => {
    expect(read(fixture('loops'))).toMatchInlineSnapshot(`
      [
        "all-reduce tp: 256 B x 15, 1 f32 then sliced",
      ]
    `);
  });

  it('takes the trip count from the condition where the compiler noted none', () => {
    const text = fixture('loops').replaceAll(/, backend_config=\{"dynamic_variables".*\}/g, '');
    expect(text).not.toContain('known_trip_count');
    expect(read(text)).toEqual(read(fixture('loops')));
  });

  it('says so where no trip count can be found', () => {
    const text = fixture('loops')
      .replaceAll(/, backend_config=\{"dynamic_variables".*\}/g, '')
      .replaceAll('direction=LT', 'direction=NE');
    expect(read(text)).toMatchInlineSnapshot(`
      [
        "all-reduce tp: 256 B x 1, 1 f32 trips unknown then sliced",
      ]
    `);
  });

  it('flags an all-reduce of which each device uses a slice', () => {
    expect(read(fixture('sequence'))).toMatchInlineSnapshot(`
      [
        "all-reduce tp: 1024 B x 1, 1 f32 then sliced",
      ]
    `);
  });

  it('counts the sliced part of a combined all-reduce', () => {
    const text =
      module(`%r = (f32[8,4]{1,0}, f32[8,4]{1,0}) all-reduce(%p, %p), replica_groups=[2,4]<=[8], to_apply=%add
  %a = f32[8,4]{1,0} get-tuple-element(%r), index=0
  %b = f32[8,4]{1,0} get-tuple-element(%r), index=1
  %i = s32[] constant(0)
  %s = f32[2,4]{1,0} dynamic-slice(%a, %i, %i), dynamic_slice_sizes={2,4}
  %q = f32[8,4]{1,0} pad(%s, %i), padding=0_6x0_0
  ROOT %sum = f32[8,4]{1,0} add(%b, %q)`);
    const [collective] = readCompiledCollectives(text, mesh);
    expect(collective).toMatchObject({ bytesPerDevice: 256, slicedBytesPerDevice: 128, effectiveReduceScatter: false });
  });

  it('takes a sum for sliced where it is cut along two dimensions, one after the other', () => {
    const sliced = (last: string): string =>
      module(`%r = f32[8,4]{1,0} all-reduce(%p), replica_groups=[1,8]<=[8], to_apply=%add
  %i = s32[] constant(0)
  %s = f32[4,4]{1,0} dynamic-slice(%r, %i, %i), dynamic_slice_sizes={4,4}
  %t = f32[4,4]{0,1} transpose(%s), dimensions={1,0}
  ${last}`);
    const twice = sliced('ROOT %u = f32[1,4]{1,0} dynamic-slice(%t, %i, %i), dynamic_slice_sizes={1,4}');
    expect(readCompiledCollectives(twice, mesh)[0].effectiveReduceScatter).toBe(true);
    const once = sliced('ROOT %u = f32[4,4]{1,0} negate(%t)');
    expect(readCompiledCollectives(once, mesh)[0].slicedBytesPerDevice).toBe(0);
  });

  it('names all axes that a halo exchange crosses', () => {
    expect(read(fixture('halo'))).toMatchInlineSnapshot(`
      [
        "collective-permute dp,tp: 256 B x 1, 1 f32",
        "collective-permute dp,tp: 256 B x 1, 1 f32",
      ]
    `);
  });

  it('reads groups given by a mesh, and flags combined sums that are all sliced', () => {
    expect(read(fixture('zero1'))).toMatchInlineSnapshot(`
      [
        "all-reduce dp,tp: 4096 B x 1, 2 f32 then sliced",
        "all-gather dp,tp: 2048 B x 1, 1 f32",
        "all-gather dp,tp: 2048 B x 1, 1 f32",
      ]
    `);
  });

  it('tells halves that are moved as f32, and their scattered sums, through fusions', () => {
    expect(showNative(fixture('halves'))).toMatchInlineSnapshot(`
      [
        "all-gather dp,tp: 1024 B, native 512 B",
        "all-to-all dp,tp: 512 B, native 256 B",
        "all-reduce dp,tp: 3072 B (3072 sliced), native 1536 B (1536 sliced)",
      ]
    `);
  });

  it('takes f32 that is f32 before or after as it is', () => {
    expect(showNative(fixture('wide'))).toMatchInlineSnapshot(`
      [
        "all-reduce dp,tp: 512 B, native 512 B",
        "all-gather dp,tp: 1024 B, native 1024 B",
      ]
    `);
  });

  it('asks every way to a use whether it narrows', () => {
    const text = (second: string): string =>
      module(`%h = bf16[8,4]{1,0} convert(%p)
  %w = f32[8,4]{1,0} convert(%h)
  %r = f32[8,4]{1,0} all-reduce(%w), replica_groups=[2,4]<=[8], to_apply=%add
  %a = bf16[8,4]{1,0} convert(%r)
  %t = f32[4,8]{1,0} transpose(%r), dimensions={1,0}
  ROOT %b = ${second}`);
    expect(showNative(text('bf16[4,8]{1,0} convert(%t)'))).toEqual(['all-reduce tp: 128 B, native 64 B']);
    expect(showNative(text('f32[4,8]{1,0} negate(%t)'))).toEqual(['all-reduce tp: 128 B, native 128 B']);
    expect(showNative(text('(bf16[8,4]{1,0}, f32[4,8]{1,0}) tuple(%a, %t)'))).toEqual([
      'all-reduce tp: 128 B, native 128 B',
    ]);
  });

  it('follows values out of fusions with several results', () => {
    const text = `HloModule test

%narrow (q: f32[8,4], i: s32[]) -> (bf16[8,4], f32[2,4]) {
  %q = f32[8,4]{1,0} parameter(0)
  %i = s32[] parameter(1)
  %h = bf16[8,4]{1,0} convert(%q)
  %s = f32[2,4]{1,0} dynamic-slice(%q, %i, %i), dynamic_slice_sizes={2,4}
  ROOT %both = (bf16[8,4]{1,0}, f32[2,4]{1,0}) tuple(%h, %s)
}

ENTRY %main (p: f32[8,4], z: s32[]) -> (bf16[2,4], f32[2,4]) {
  %p = f32[8,4]{1,0} parameter(0)
  %z = s32[] parameter(1)
  %r = f32[8,4]{1,0} all-reduce(%p), replica_groups=[2,4]<=[8], to_apply=%add
  %f = (bf16[8,4]{1,0}, f32[2,4]{1,0}) fusion(%r, %z), kind=kLoop, calls=%narrow
  %whole = bf16[8,4]{1,0} get-tuple-element(%f), index=0
  %part = f32[2,4]{1,0} get-tuple-element(%f), index=1
  %cut = bf16[2,4]{1,0} dynamic-slice(%whole, %z, %z), dynamic_slice_sizes={2,4}
  ROOT %out = (bf16[2,4]{1,0}, f32[2,4]{1,0}) tuple(%cut, %part)
}
`;
    expect(read(text)).toEqual(['all-reduce tp: 128 B x 1, 1 f32 then sliced']);
    expect(read(text.replace('dynamic-slice(%whole, %z, %z), dynamic_slice_sizes={2,4}', 'negate(%whole)'))).toEqual([
      'all-reduce tp: 128 B x 1, 1 f32',
    ]);
  });

  it('gives the same for text in chunks of any size', () => {
    const text = fixture('megatron');
    const chunks = text.match(/[\s\S]{1,7}/g) ?? [];
    expect(readCompiledCollectives(chunks, mesh)).toEqual(readCompiledCollectives(text, mesh));
  });

  it('keeps name, channel and scope', () => {
    const [first] = readCompiledCollectives(fixture('sequence'), mesh);
    expect(first).toMatchObject({ name: 'all-reduce', channel: 1, operationName: 'jit(step)/dot_general' });
  });

  it('counts an asynchronous pair once', () => {
    const text =
      module(`%g = (f32[8,4]{1,0}, f32[32,4]{1,0}) all-gather-start(%p), replica_groups=[2,4]<=[8], dimensions={0}
  %gd = f32[32,4]{1,0} all-gather-done(%g)
  %r = f32[8,4]{1,0} all-reduce-start(%p), replica_groups={{0,4},{1,5},{2,6},{3,7}}, to_apply=%add
  %rd = f32[8,4]{1,0} all-reduce-done(%r)
  %c = (f32[8,4]{1,0}, f32[8,4]{1,0}, u32[], u32[]) collective-permute-start(%p), source_target_pairs={{0,1},{1,0}}
  ROOT %cd = f32[8,4]{1,0} collective-permute-done(%c)`);
    expect(read(text)).toEqual([
      'all-gather tp: 512 B x 1, 1 f32',
      'all-reduce dp: 128 B x 1, 1 f32',
      'collective-permute tp: 128 B x 1, 1 f32',
    ]);
  });

  it('follows async-start into the computation that it wraps, once', () => {
    const text = `HloModule test

%wrapped (p: f32[32,4]) -> f32[8,4] {
  %p = f32[32,4]{1,0} parameter(0)
  ROOT %s = f32[8,4]{1,0} reduce-scatter(%p), replica_groups=[2,4]<=[8], dimensions={0}, to_apply=%add
}

ENTRY %main (q: f32[32,4]) -> f32[8,4] {
  %q = f32[32,4]{1,0} parameter(0)
  %start = ((f32[32,4]{1,0}), f32[8,4]{1,0}) async-start(%q), calls=%wrapped
  ROOT %done = f32[8,4]{1,0} async-done(%start), calls=%wrapped
}
`;
    expect(read(text)).toEqual(['reduce-scatter tp: 512 B x 1, 1 f32']);
  });

  it.each([
    ['{{0,1,2,3},{4,5,6,7}}', 'tp'],
    ['{{3,1,0,2},{7,4,5,6}}', 'tp'],
    ['[2,4]<=[8]', 'tp'],
    ['[4,2]<=[2,4]T(1,0)', 'dp'],
    ["mesh['axis_0'=2,'axis_1'=4] {'axis_1'}", 'tp'],
    ["mesh['axis_0'=2,'axis_1'=4] {'axis_0'}", 'dp'],
    ["mesh['axis_0'=2,'axis_1'=4] {'axis_0','axis_1'}", 'dp,tp'],
    ["mesh['a'=8] {'a':(2)2}", 'tp:(1)2'],
    ["mesh['a'=4,'b'=2], device_ids=([4,2]<=[2,4]T(1,0)) {'b'}", 'dp'],
    ["mesh['a'=1,'b'=4,'c'=2], device_ids=([2,4]T(1,0)) {'b'}", 'tp'],
    ["mesh['a'=4,'b'=1,'c'=2], device_ids=([2,4]T(1,0)) {'c'}", 'dp'],
    ["mesh['a'=2,'b'=4], device_ids=(0,2,4,6,1,3,5,7) {'a'}", 'tp:(2)2'],
    ['{}', 'dp,tp'],
    ['{{0,1},{2,3},{4,5},{6,7}}', 'tp:(2)2'],
    ['{{0,2},{1,3},{4,6},{5,7}}', 'tp:(1)2'],
    ['{{0,5},{1,4},{2,7},{3,6}}', 'other'],
    ['{{0},{1},{2},{3},{4},{5},{6},{7}}', ''],
  ])('attributes groups %s to %s', (groups, axes) => {
    const text = module(
      `ROOT %r = f32[8,4]{1,0} all-reduce(%p), channel_id=1, replica_groups=${groups}, to_apply=%add`,
    );
    expect(read(text)).toEqual([`all-reduce ${axes}: 128 B x 1, 1 f32`]);
  });

  it('turns logical devices into mesh positions', () => {
    // What XLA prints for a sum over tp in a program whose sdy.mesh has device_ids=[0, 2, 4, 6, 1, 3, 5, 7].
    const text = module('ROOT %r = f32[8,4]{1,0} all-reduce(%p), replica_groups={{0,2,4,6},{1,3,5,7}}, to_apply=%add');
    expect(read(text, [0, 2, 4, 6, 1, 3, 5, 7])).toEqual(['all-reduce tp: 128 B x 1, 1 f32']);
  });

  it('refuses text without an entry', () => {
    expect(() => read('HloModule test\n')).toThrow('internal: HLO text without an entry computation');
  });
});
