"""The runner that stands beside a plan: layouts, devices, donation, and what it says of wrong input."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from skein_runner import runner

# Who runs all files at once sets it, as others use JAX while they are imported.
if "JAX_NUM_CPU_DEVICES" not in os.environ:
    jax.config.update("jax_num_cpu_devices", 8)


def program(mesh, x, w, total="[]"):
    """w + x.sum over rows, with w donated, and the sum of everything."""
    arguments = [
        f"%arg0: tensor<8x16xf32> {{sdy.sharding = {sdy(w)}, tf.aliasing_output = 0 : i32}}",
        f"%arg1: tensor<4x8x16xf32> {{sdy.sharding = {sdy(x)}}}",
    ]
    results = [f"tensor<8x16xf32> {{sdy.sharding = {sdy(w)}}}", f"tensor<f32> {{sdy.sharding = {sdy(total)}}}"]
    return f"""
module @step attributes {{mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32}} {{
  sdy.mesh @mesh = <[{mesh}>
  func.func public @main({", ".join(arguments)}) -> ({", ".join(results)}) {{
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.reduce(%arg1 init: %zero) applies stablehlo.add across dimensions = [0]
       : (tensor<4x8x16xf32>, tensor<f32>) -> tensor<8x16xf32>
    %1 = stablehlo.add %arg0, %0 : tensor<8x16xf32>
    %2 = stablehlo.reduce(%1 init: %zero) applies stablehlo.add across dimensions = [0, 1]
       : (tensor<8x16xf32>, tensor<f32>) -> tensor<f32>
    return %1, %2 : tensor<8x16xf32>, tensor<f32>
  }}
}}
"""


def sdy(sharding):
    quoted = re.sub(r"([A-Za-z_]\w*)", r'"\1"', sharding)
    return f"#sdy.sharding<@mesh, {quoted}>"


def plan(axes, x, w, device_ids=None, total="[]"):
    return {
        "format": "skein.plan/1",
        "mesh": {"axes": axes} | ({} if device_ids is None else {"deviceIds": device_ids}),
        "inputs": [
            {"name": "params['w']", "type": "f32[8, 16]", "sharding": w},
            {"name": "x", "type": "f32[4, 8, 16]", "sharding": x},
        ],
        "outputs": [
            {"name": "params['w']", "type": "f32[8, 16]", "sharding": w},
            {"name": "total", "type": "f32[]", "sharding": total},
        ],
        "state": [[0, 0]],
    }


@contextlib.contextmanager
def folder(document, text):
    with tempfile.TemporaryDirectory() as path:
        with open(os.path.join(path, "plan.json"), "w") as file:
            json.dump(document, file)
        with open(os.path.join(path, "annotated.mlir"), "w") as file:
            file.write(text)
        yield path


def load(
    axes=(("a", 2), ("b", 4)), x="[{a}, {b}, {}]", w="[{b}, {}]", device_ids=None, change=lambda text: text, **options
):
    mesh = ", ".join(f'"{name}"={size}' for name, size in axes) + "]"
    mesh += "" if device_ids is None else f", device_ids=[{', '.join(map(str, device_ids))}]"
    with folder(plan(list(axes), x, w, device_ids), change(program(mesh, x, w))) as path:
        return runner.load(path, **options)


def draw():
    random = numpy.random.default_rng(0)
    return [random.normal(size=shape).astype("f") for shape in ((8, 16), (4, 8, 16))]


class Layouts(unittest.TestCase):
    def assertRuns(self, **options):
        """Runs two steps; state and results must be those of numpy, and lie as planned."""
        step, place = load(**options)
        w, x = draw()
        run = step.loop({"params": {"w": w}}, [{"x": x}, [2 * x]])
        totals = [metrics["total"] for metrics in run]
        expected = [w + x.sum(0), w + 3 * x.sum(0)]
        numpy.testing.assert_allclose(totals, [e.sum() for e in expected], rtol=1e-4, atol=1e-3)
        numpy.testing.assert_allclose(run.state["params['w']"], expected[1], rtol=1e-5, atol=1e-5)
        self.assertEqual(run.state["params['w']"].sharding, step.inputs[0].sharding)
        return step, place

    def test_whole_axes(self):
        step, _ = self.assertRuns()
        self.assertEqual(step.inputs[1].sharding.spec, PartitionSpec("a", "b", None))
        self.assertEqual(step.mesh.shape, {"a": 2, "b": 4})

    def test_several_axes_on_a_dimension_open_dimensions_and_whole_values(self):
        self.assertRuns(x="[{}, {b,a}, {}]", w="[{}, {}]")
        self.assertRuns(x="[{b}, {a,?}, {?}]", w="[{?}, {a,?}]")
        self.assertRuns(x="[{}, {}, {}]", w="[{}, {}]")

    def test_parts_of_axes(self):
        step, place = self.assertRuns(axes=[("t", 8)], x="[{t:(2)4}, {t:(1)2}, {}]", w="[{t:(4)2}, {t:(1)4}]")
        self.assertEqual(step.inputs[0].sharding.mesh.shape, {"t:(1)4": 4, "t:(4)2": 2})
        # Device 3 of 8 is at place 1 of the major four and 1 of the minor two.
        w, _ = draw()
        shards = {shard.device.id: shard for shard in place("params['w']", w).addressable_shards}
        numpy.testing.assert_array_equal(shards[3].data, w[4:, 4:8])

    def test_devices_in_another_order(self):
        order = [6, 0, 3, 1, 7, 5, 4, 2]
        step, place = self.assertRuns(device_ids=order)
        w, _ = draw()
        shards = {shard.device.id: shard for shard in place("params['w']", w).addressable_shards}
        for position, device in enumerate(order):
            numpy.testing.assert_array_equal(shards[device].data, w[position % 4 * 2 :][:2])

    def test_parts_of_axes_on_devices_in_another_order(self):
        order = [6, 0, 3, 1, 7, 5, 4, 2]
        self.assertRuns(axes=[("t", 8)], x="[{t:(2)4}, {t:(1)2}, {}]", w="[{t:(4)2}, {}]", device_ids=order)

    def test_some_devices_in_any_order(self):
        devices = jax.devices()[2:4]
        step, _ = self.assertRuns(axes=[("a", 2)], x="[{a}, {}, {}]", w="[{}, {a}]", devices=devices[::-1])
        self.assertEqual(list(step.mesh.devices.flat), devices)

    def test_one_device(self):
        self.assertRuns(axes=[("a", 1)], x="[{}, {}, {}]", w="[{}, {}]", devices=jax.devices()[:1])


class Arrays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.step, cls.place = load()

    def test_all_ways_to_give_arrays_are_alike(self):
        w, x = draw()
        expected = (w + x.sum(0)).sum()
        for outputs in (
            self.step(w, x),
            self.step({"w": w}, x),
            self.step(params={"w": w}, x=x),
            self.step({"params['w']": w, "x": jnp.asarray(x)}),
            self.step(*self.place(w, x)),
            self.step(**{"params": {"w": w}}, x=self.place("x", x)),
            self.step(self.place(params={"w": w}) | self.place({"x": x})),
            self.step(self.place(0, w), self.place(1, x)),
        ):
            self.assertEqual([output.sharding for output in outputs], [v.sharding for v in self.step.outputs])
            numpy.testing.assert_allclose(outputs[1], expected, rtol=1e-4)

    def test_what_is_given_to_place_stays(self):
        w, x = draw()
        whole = NamedSharding(Mesh(numpy.array(jax.devices()), "d"), PartitionSpec())
        # Where the plan keeps w whole, an array that one device has already could be taken for its piece.
        for step, place in ((self.step, self.place), load(w="[{}, {}]")):
            for mine in (w.copy(), jnp.asarray(w), jax.device_put(w, jax.devices()[5]), jax.device_put(w, whole).T.T):
                placed = place(0, mine)
                step(placed, x)
                self.assertTrue(placed.is_deleted())
                numpy.testing.assert_array_equal(mine, w)

    def test_a_buffer_may_be_filled_again_once_it_is_placed(self):
        step, place = load(axes=[("a", 1)], x="[{}, {}, {}]", w="[{}, {}]", devices=jax.devices()[:1])
        # Memory aligned as JAX wants it, where it would take it over without a copy.
        memory = numpy.zeros(4 * 8 * 16 + 16, "f")
        start = -memory.ctypes.data % 64 // 4
        buffer = memory[start : start + 4 * 8 * 16].reshape(4, 8, 16)
        placed = place("x", buffer)
        buffer[...] = 1
        numpy.testing.assert_array_equal(placed, numpy.zeros_like(buffer))

    def test_donated_state_is_consumed_and_said_so(self):
        w, x = draw()
        placed = self.place(w, x)
        self.step(*placed)
        self.assertFalse(placed[1].is_deleted())
        self.assertRefused("params['w'] was donated to an earlier step", lambda: self.step(*placed))

    def test_numbers_and_types_are_taken_as_jit_takes_them(self):
        w, x = draw()
        numpy.testing.assert_allclose(self.step(w.astype("d"), x)[1], self.step(w, x)[1])
        self.assertRefused(
            "x is bfloat16[4, 8, 16] here, but the program takes f32[4, 8, 16] P('a', 'b', None)",
            lambda: self.place("x", x.astype(ml_dtypes.bfloat16)),
        )
        value = runner.Value("n", "i32", (), self.step.outputs[1].sharding)
        self.assertEqual(runner.fit(value, 3).dtype, jnp.int32)
        self.assertRefused("n is float32[] here, but the program takes i32[]", lambda: runner.fit(value, 3.5))

    def test_wrong_arrays_are_refused(self):
        w, x = draw()
        turned = "params['w'] is float32[16, 8] here, but the program takes f32[8, 16]"
        self.assertRefused(turned, lambda: self.step(w.T, x))
        self.assertRefused("1 arrays are given, 2 wanted: params['w'], x", lambda: self.step(w))
        self.assertRefused("1 inputs are missing: x", lambda: self.step(params={"w": w}))
        self.assertRefused("no input params['v']; did you mean params['w']?", lambda: self.place(params={"v": w}))
        self.assertRefused("there is no input 2; the program has 2", lambda: self.place(2, w))
        self.assertRefused("give arrays in order or by name, not both", lambda: self.step(w, x=x))
        self.assertRefused("x given, where this is wanted: params['w']", lambda: self.step.loop({"x": x}, []))
        run = self.step.loop([w], [{"params": {"w": w}}])
        self.assertRefused("params['w'] given, where this is wanted: x", lambda: next(run))

    def assertRefused(self, message, call):
        with self.assertRaises(runner.RunnerError) as caught:
            call()
        self.assertIn(message, str(caught.exception))


class Loading(unittest.TestCase):
    def test_the_number_of_devices_must_fit(self):
        few = r"a=2,b=4 takes 8 devices, but there are 4 \(cpu\); .*num_cpu_dev"
        with self.assertRaisesRegex(runner.RunnerError, few):
            load(devices=jax.devices()[:4])
        with self.assertRaisesRegex(runner.RunnerError, r"a=2 takes 2 devices, .* devices=jax.devices\(\)\[:2\]"):
            load(axes=[("a", 2)], x="[{a}, {}, {}]", w="[{}, {}]")
        with self.assertRaisesRegex(runner.RunnerError, "do not name each of 8 devices once"):
            load(device_ids=[0, 1, 2, 3, 4, 5, 6, 6])

    def test_a_plan_of_another_program_or_format_is_refused(self):
        with self.assertRaisesRegex(runner.RunnerError, "do not belong together"):
            load(change=lambda text: text.replace("8x16x", "8x32x"))
        with self.assertRaisesRegex(runner.RunnerError, "do not belong together"):
            load(change=lambda text: "")
        with self.assertRaisesRegex(runner.RunnerError, "x was compiled as .* but planned as"):
            load(change=lambda text: text.replace('[{"a"}, {"b"}, {}]', '[{"b"}, {"a"}, {}]'))
        with folder({"format": "skein.plan/2"}, "") as path:
            with self.assertRaisesRegex(runner.RunnerError, "has no plan that this file can run"):
                runner.load(path)

    def test_state_that_is_not_donated_can_be_named(self):
        document = plan([["a", 2], ["b", 4]], "[{a}, {b}, {}]", "[{b}, {}]") | {"state": []}
        text = program('"a"=2, "b"=4]', "[{a}, {b}, {}]", "[{b}, {}]").replace(", tf.aliasing_output = 0 : i32", "")
        w, x = draw()
        with folder(document, text) as path:
            step, place = runner.load(path, state=[("params['w']", "params['w']")])
            with self.assertRaisesRegex(runner.RunnerError, "output total cannot be fed back to input x"):
                runner.load(path, state=[("total", "x")])
        mine = place(0, w)
        run = step.loop([mine], [x, x])
        self.assertEqual([list(metrics) for metrics in run], [["total"], ["total"]])
        numpy.testing.assert_array_equal(mine, w)
        numpy.testing.assert_allclose(run.state["params['w']"], w + 2 * x.sum(0), rtol=1e-5, atol=1e-5)

    def test_another_version_of_jax_is_warned_of(self):
        version = jax.__version__
        try:
            jax.__version__ = "0.11.0"
            with self.assertWarnsRegex(UserWarning, "written for JAX 0.10.2 and may not work with 0.11.0"):
                load()
        finally:
            jax.__version__ = version
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            load()

    def test_element_types_are_those_of_the_worker(self):
        from skein_worker import dtypes

        for name, _, kind in dtypes._NAMES:
            self.assertEqual(runner.numpy_dtype(name), numpy.dtype(kind))

    def test_values_of_64_bits_need_them_switched_on(self):
        change = lambda text: text.replace("f32", "f64")
        document = plan([["a", 2], ["b", 4]], "[{a}, {b}, {}]", "[{b}, {}]")
        text = change(program('"a"=2, "b"=4]', "[{a}, {b}, {}]", "[{b}, {}]"))
        with folder(json.loads(change(json.dumps(document))), text) as path:
            with self.assertRaisesRegex(runner.RunnerError, "jax_enable_x64"):
                runner.load(path)
            with jax.enable_x64(True):
                step, place = runner.load(path)
                w, x = (array.astype("d") for array in draw())
                numpy.testing.assert_allclose(step(w, x)[0], w + x.sum(0), rtol=1e-14)

    def test_equal_names_are_told_apart(self):
        entries = [{"name": "w", "type": "f32[]", "sharding": "[]"}] * 2
        values = runner.make_values(entries, runner.Layouts([["a", 1]], jax.devices()[:1]))
        self.assertEqual([value.name for value in values], ["w", "w#1"])

    def test_axes_that_cannot_be_taken_apart_are_refused(self):
        with self.assertRaisesRegex(runner.RunnerError, "axis t of 6 cannot be taken apart"):
            runner.Layouts([["t", 6]], jax.devices()[:6]).sharding("[{t:(1)2}, {t:(3)2}]")


class Command(unittest.TestCase):
    def test_a_copy_of_the_file_runs_alone_on_made_inputs(self):
        mesh = '"a"=2, "b"=4]'
        with folder(
            plan([["a", 2], ["b", 4]], "[{a}, {b}, {}]", "[{b}, {}]"), program(mesh, "[{a}, {b}, {}]", "[{b}, {}]")
        ) as path:
            shutil.copy(runner.__file__, path)
            environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"JAX_PLATFORMS": "cpu"}
            command = [sys.executable, os.path.join(path, "runner.py"), "--steps", "3"]
            run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        self.assertRegex(run.stdout, r"mesh \{'a': 2, 'b': 4\}.*\nstep 1: total .*\nstep 3: total .*\na step takes ")
        self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
