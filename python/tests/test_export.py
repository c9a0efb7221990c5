"""The exporter: names, donation, and how inputs are described."""

import collections
import contextlib
import gzip
import io
import json
import os
import re
import tempfile
import unittest

import jax
import jax.numpy as jnp
import numpy

from skein_export import ExportError, export_step, load_entry, parse_override
from skein_export.__main__ import main
from skein_export.entry import checked_entry

Moments = collections.namedtuple("Moments", "mu nu")


def arguments_of(text):
    """Names of the arguments of @main, in order."""
    header = next(line for line in text.splitlines() if "func.func public @main" in line)
    return re.findall(r'loc\("([^"]*)"\)', header.split(") -> ")[0])


def by_name(exported):
    return {argument["name"]: argument for argument in exported.inputs["arguments"]}


def step(params, batch, unused):
    return jax.tree.map(lambda p: p - batch["x"].sum(), params), batch["x"].sum()


class ExportedText(unittest.TestCase):
    args = ({"h": [{"w": jnp.ones((4, 2))}]}, {"x": jnp.ones(3)}, jnp.ones(5))

    def test_spec_and_text_name_the_same_arguments_in_order(self):
        exported = export_step(step, self.args)
        names = ["params['h'][0]['w']", "batch['x']", "unused"]
        self.assertEqual(arguments_of(exported.text), names)
        self.assertEqual([argument["name"] for argument in exported.inputs["arguments"]], names)

    def test_a_jitted_step_keeps_its_donation_and_its_unused_arguments(self):
        exported = export_step(jax.jit(step, donate_argnums=0), self.args)
        self.assertEqual(arguments_of(exported.text), ["params['h'][0]['w']", "batch['x']", "unused"])
        self.assertEqual(exported.donated, 1)
        self.assertIn("tf.aliasing_output = 0", exported.text)

    def test_donation_of_a_plain_step_comes_from_the_entry(self):
        self.assertIn("tf.aliasing_output = 0", export_step(step, self.args, (0,)).text)
        self.assertNotIn("tf.aliasing_output", export_step(step, self.args).text)

    def test_scopes_stay_and_files_go_unless_wanted(self):
        self.assertIn('loc("jit(step)/sub"', export_step(step, self.args).text)
        self.assertNotIn(".py", export_step(step, self.args).text)
        self.assertIn("test_export.py", export_step(step, self.args, source_locations=True).text)
        self.assertNotIn("loc(", export_step(step, self.args, locations=False).text)

    def test_what_jit_cannot_trace_is_named(self):
        with self.assertRaisesRegex(ExportError, r"argument 1\['x'\] is a str"):
            export_step(step, (self.args[0], {"x": "text"}, self.args[2]))


class Distributions(unittest.TestCase):
    def describe(self, **leaves):
        return by_name(export_step(lambda state: state, (leaves,)))

    def test_concrete_arrays_are_measured(self):
        normal = numpy.random.default_rng(0).normal(1, 2, 10000)
        found = self.describe(
            a=jnp.asarray(normal),
            b=jnp.asarray([0.0, 3.0]),
            c=jnp.full(3, 2.5),
            d=jnp.asarray([7, 3]),
            e=jnp.asarray([True, False]),
        )
        self.assertEqual(found["state['a']"]["distribution"], "normal")
        self.assertAlmostEqual(found["state['a']"]["mean"], 1, 1)
        self.assertAlmostEqual(found["state['a']"]["std"], 2, 1)
        self.assertEqual(
            {**found["state['b']"], "name": ""},
            {"name": "", "shape": [2], "dtype": "f32", "distribution": "uniform", "low": 0.0, "high": 3.0},
        )
        self.assertEqual(found["state['c']"]["value"], 2.5)
        self.assertEqual((found["state['d']"]["low"], found["state['d']"]["high"]), (3, 8))
        self.assertEqual((found["state['e']"]["dtype"], found["state['e']"]["high"]), ("i1", 2))

    def test_moments_are_never_all_zero_and_second_ones_never_negative(self):
        moments = Moments(jnp.zeros(3), jnp.zeros(3))
        found = by_name(export_step(lambda state: state, (moments,)))
        self.assertEqual(found["state.mu"]["distribution"], "normal")
        self.assertEqual((found["state.nu"]["distribution"], found["state.nu"]["low"]), ("uniform", 0.0))
        abstract = jax.ShapeDtypeStruct((3,), jnp.float32)
        found = by_name(export_step(lambda m, v, params: (m, v, params), (abstract, abstract, {"v": abstract})))
        self.assertEqual(found["v"]["distribution"], "uniform")
        self.assertEqual(found["params['v']"]["distribution"], "normal")

    def test_abstract_arrays_are_described_by_their_name(self):
        abstract = jax.ShapeDtypeStruct((2, 2), jnp.bfloat16)
        found = self.describe(w=abstract, scale=abstract, t=jax.ShapeDtypeStruct((), jnp.int32))
        self.assertEqual((found["state['w']"]["dtype"], found["state['w']"]["std"]), ("bf16", 0.02))
        self.assertEqual(found["state['scale']"]["low"], 0.9)
        self.assertEqual(found["state['t']"]["value"], 1)

    def test_an_abstract_integer_array_needs_its_range(self):
        args = (jax.ShapeDtypeStruct((2,), jnp.int32),)
        with self.assertRaisesRegex(ExportError, '--integers "tokens=0:HIGH"'):
            export_step(lambda tokens: tokens, args)
        found = by_name(export_step(lambda tokens: tokens, args, overrides=[parse_override("integers", "tok*=0:10")]))
        self.assertEqual(found["tokens"]["high"], 10)

    def test_values_that_are_not_finite_need_words(self):
        with self.assertRaisesRegex(ExportError, "not finite"):
            export_step(lambda mask: mask, (jnp.asarray([0.0, -jnp.inf]),))

    def test_overrides_are_checked(self):
        for text in ("tokens", "tokens=5:5", "tokens=a:b", "=0:1", "tokens=1"):
            with self.assertRaises(ExportError):
                parse_override("integers", text)
        with self.assertRaisesRegex(ExportError, "names no argument"):
            export_step(lambda x: x, (jnp.ones(2),), overrides=[parse_override("constant", "y=1")])


class Entries(unittest.TestCase):
    def test_wrong_entries_are_told_apart(self):
        for spec, message in [
            ("skein_models.mlp", "is not module:function"),
            ("no_such_module:example", "no module 'no_such_module'"),
            ("skein_models.mlp:exampel", "has no 'exampel'"),
            ("skein_models.mlp:DONATED", "is a tuple, not a function"),
        ]:
            with self.subTest(spec), self.assertRaisesRegex(ExportError, message):
                load_entry(spec)

    def test_wrong_results_are_told_apart(self):
        for result, message in [
            (None, "returned a NoneType"),
            ((1, ()), "cannot be called"),
            ((step, 3), "arguments as a int"),
            ((step, (1,), "x"), "donate_argnums"),
            ((step, (1,), (1,)), "donates argument 1"),
        ]:
            with self.subTest(result), self.assertRaisesRegex(ExportError, message):
                checked_entry(result, "m:f")


class CommandLine(unittest.TestCase):
    def test_writes_both_files_once_and_again_by_force_with_equal_bytes(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            out = os.path.join(folder, "step.mlir.gz")
            self.assertEqual(main(["skein_models.mlp:example", "--out", out]), 0)
            with open(out, "rb") as file:
                first = file.read()
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(main(["skein_models.mlp:example", "--out", out]), 2)
            self.assertIn("--force", errors.getvalue())
            self.assertEqual(main(["skein_models.mlp:example", "--out", out, "--force"]), 0)
            with open(out, "rb") as file:
                self.assertEqual(file.read(), first)
            with open(os.path.join(folder, "step.inputs.json")) as file:
                spec = json.load(file)
            self.assertEqual(spec["format"], "skein.inputs/1")
            self.assertEqual(arguments_of(gzip.decompress(first).decode()), [a["name"] for a in spec["arguments"]])
            self.assertEqual(sorted(os.listdir(folder)), ["step.inputs.json", "step.mlir.gz"])

    def test_an_error_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            status = main(
                ["skein_models.mlp:example", "--out", os.path.join(folder, "a.mlir"), "--normal", "nothing=0:1"]
            )
            self.assertEqual((status, os.listdir(folder)), (2, []))


if __name__ == "__main__":
    unittest.main()
