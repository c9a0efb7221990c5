"""The models and what is committed of them."""

import glob
import gzip
import importlib.util
import json
import os
import re
import sys
import tempfile
import unittest

import jax
import jax.numpy as jnp
import numpy

from skein_models import corpus, gpt2, layers, llama, mlp, moe, resnet, training, unet, vit

sys.path.insert(0, os.path.join(corpus.REPOSITORY, "bench", "placements_jax"))

from annotation import annotate
from collectives import count
from execution import draw

HAS_OPTAX = importlib.util.find_spec("optax") is not None
PROGRAMS = os.path.join(corpus.REPOSITORY, "examples", "programs")
PLACEMENTS = os.path.join(corpus.REPOSITORY, "examples", "placements")


def read(path):
    with gzip.open(path, "rt") as file:
        return file.read()


class Training(unittest.TestCase):
    @unittest.skipUnless(HAS_OPTAX, "optax is not installed")
    def test_adam_is_that_of_optax(self):
        import optax

        rate, random = 1e-3, numpy.random.default_rng(0)
        params, grads = ({"w": jnp.asarray(random.normal(size=(4, 3)), jnp.float32)} for _ in range(2))
        optimizer = optax.adamw(rate, weight_decay=0.01)
        state, expected = optimizer.init(params), params
        m = v = jax.tree.map(jnp.zeros_like, params)
        count_done = jnp.int32(0)
        for _ in range(3):
            updates, state = optimizer.update(grads, state, expected)
            expected = optax.apply_updates(expected, updates)
            params, m, v, count_done = training.adam(grads, params, m, v, count_done, rate=rate)
        numpy.testing.assert_allclose(params["w"], expected["w"], rtol=1e-5)
        numpy.testing.assert_allclose(v["w"], state[0].nu["w"], rtol=1e-5)

    @unittest.skipUnless(HAS_OPTAX, "optax is not installed")
    def test_cross_entropy_is_that_of_optax(self):
        import optax

        logits = jax.random.normal(jax.random.key(0), (5, 7))
        labels = jnp.asarray([0, 6, 3, 3, 1])
        expected = optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()
        numpy.testing.assert_allclose(training.cross_entropy(logits, labels), expected, rtol=1e-6)

    def test_each_model_learns_its_batch(self):
        small = [
            (mlp, mlp.Config(inputs=8, hidden=16, layers=2, classes=4, batch=8)),
            (gpt2, gpt2.Config(layers=1, width=16, heads=2, vocabulary=32, sequence=8, batch=2)),
            (gpt2, gpt2.Config(layers=2, width=16, heads=2, vocabulary=32, sequence=8, batch=2, scan=True)),
            (llama, llama.Config(1, width=16, heads=4, kv_heads=2, hidden=32, vocabulary=32, sequence=8, batch=2)),
            (vit, vit.Config(image=16, layers=1, width=16, heads=2, hidden=32, classes=4, batch=4)),
            (moe, moe.Config(layers=1, width=16, hidden=32, experts=2, groups=2, tokens=8, capacity=8, vocabulary=32)),
            (unet, unet.Config(image=8, channels=(8,), groups=2, batch=2)),
        ]
        for model, config in small:
            with self.subTest(model.__name__, config=config):
                step, args, _ = model.example(config)
                random = numpy.random.default_rng(0)
                fill = lambda a: (
                    random.normal(0, 0.2, a.shape).astype("f") if isinstance(a, jax.ShapeDtypeStruct) else a
                )
                params, batch = jax.tree.map(fill, args[0]), [fill(a) for a in args[4:]]
                zeros = jax.tree.map(numpy.zeros_like, params)
                state, losses = (params, zeros, zeros, numpy.int32(0)), []
                jitted = jax.jit(step)
                for _ in range(20):
                    trained = jitted(*state, *batch)
                    state, losses = trained[:4], [*losses, float(trained.loss)]
                self.assertLess(losses[-1], losses[0])

    def test_batch_norm_moves_its_running_statistics_and_norms(self):
        x = 3 + 2 * jax.random.normal(jax.random.key(0), (64, 4, 4, 8))
        stats = {"mean": jnp.zeros(8), "var": jnp.ones(8)}
        y, new = layers.batch_norm(layers.init_norm(8), stats, x)
        numpy.testing.assert_allclose(jnp.mean(y, (0, 1, 2)), numpy.zeros(8), atol=1e-4)
        numpy.testing.assert_allclose(new["mean"], 0.1 * jnp.mean(x, (0, 1, 2)), rtol=1e-4)

    def test_resnet50_has_as_many_parameters_as_published(self):
        params = jax.eval_shape(lambda: resnet.init(resnet.RESNET50, jax.random.key(0)))
        self.assertEqual(sum(leaf.size for leaf in jax.tree.leaves(params)), 25_557_032)

    def test_an_expert_takes_no_more_tokens_than_it_has_places(self):
        config = moe.Config(experts=4, groups=2, tokens=16, capacity=3)
        gates = layers.softmax(jax.random.normal(jax.random.key(0), (2, 16, 4)))
        weights, _ = moe.route(config, gates)
        taken = numpy.asarray(weights > 0)
        self.assertLessEqual(taken.sum(axis=1).max(), 1)
        self.assertLessEqual(taken.sum(axis=(2, 3)).max(), 2)
        self.assertEqual(taken.sum(axis=(1, 3)).max(), 3)


class Committed(unittest.TestCase):
    def test_the_folder_holds_exactly_the_small_corpus(self):
        names = {os.path.basename(path).removesuffix(".mlir.gz") for path in glob.glob(f"{PROGRAMS}/*.mlir.gz")}
        self.assertEqual(names, set(corpus.SMALL))
        size = sum(os.path.getsize(os.path.join(PROGRAMS, name)) for name in os.listdir(PROGRAMS))
        self.assertLess(size, 3 * 2**20)

    def test_programs_are_reproduced(self):
        if jax.__version__ != "0.10.2":
            self.skipTest(f"jax {jax.__version__} prints other text than 0.10.2")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("mlp", "gpt2-tiny", "moe-tiny"):
                path = corpus.write_program(name, folder)
                self.assertEqual(read(path), read(os.path.join(PROGRAMS, f"{name}.mlir.gz")), name)
                with open(os.path.join(folder, f"{name}.inputs.json")) as made:
                    with open(os.path.join(PROGRAMS, f"{name}.inputs.json")) as kept:
                        self.assertEqual(made.read(), kept.read(), name)

    def test_specs_fit_their_programs_and_can_be_drawn(self):
        for path in glob.glob(f"{PROGRAMS}/*.mlir.gz"):
            with self.subTest(os.path.basename(path)):
                header = next(line for line in read(path).splitlines() if "func.func public @main" in line)
                with open(path.replace(".mlir.gz", ".inputs.json")) as file:
                    specs = json.load(file)["arguments"]
                found = re.findall(r'%arg\d+: tensor<([^>]*)>(?: \{[^}]*\})? loc\("([^"]*)"\)', header)
                expected = [("x".join([*map(str, spec["shape"]), spec["dtype"]]), spec["name"]) for spec in specs]
                self.assertEqual(found, expected)
                for spec in specs:
                    drawn = draw(spec | {"shape": spec["shape"] and [2]}, 0)
                    if spec["name"].startswith("v["):
                        self.assertGreaterEqual(float(drawn.min()), 0)

    def test_every_pin_of_every_placement_matches(self):
        with open(os.path.join(PLACEMENTS, "placements.json")) as file:
            placements = json.load(file)["placements"]
        self.assertEqual(len(placements), 12)
        for placement in placements:
            with self.subTest(placement["name"]), open(os.path.join(PLACEMENTS, placement["pins"])) as file:
                text, specs = annotate(read(os.path.join(corpus.REPOSITORY, placement["program"])), json.load(file))
                self.assertTrue(any(axis for spec in specs for axis in spec))


class Counting(unittest.TestCase):
    def test_all_spellings_of_replica_groups_name_their_axes(self):
        axes = [["dp", 2], ["tp", 4]]
        for groups, expected in [
            ("{{0,1,2,3},{4,5,6,7}}", "tp"),
            ("[2,4]<=[8]", "tp"),
            ("[4,2]<=[2,4]T(1,0)", "dp"),
            ("[1,8]<=[8]", "dp+tp"),
            ("mesh['a'=2,'b'=4] {'b'}", "tp"),
            ("mesh['a'=4,'b'=2], device_ids=([2,4]T(1,0)) {'b'}", "dp"),
        ]:
            line = f"  %r = (f32[4,2]{{1,0}}, bf16[8]{{0}}) all-reduce(%a, %b), replica_groups={groups}, to_apply=%add"
            with self.subTest(groups):
                self.assertEqual(count(line, axes), [{"kind": "all-reduce", "axes": expected, "bytes": 48, "count": 1}])


if __name__ == "__main__":
    unittest.main()
