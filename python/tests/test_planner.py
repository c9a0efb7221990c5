"""The programs and instances of bench/planner."""

import dataclasses
import glob
import json
import math
import os
import tempfile
import unittest

import jax

from skein_models import corpus
from skein_models.planner import FOLDING, LANGUAGE, OTHERS, PLANNER, PODS

INSTANCES = os.path.join(corpus.REPOSITORY, "bench", "planner", "instances.json")
EXPERTS = os.path.join(corpus.REPOSITORY, "examples", "experts")


def parameters(name):
    model, config = PLANNER[name]
    return sum(leaf.size for leaf in jax.tree.leaves(jax.eval_shape(lambda: model.init(config, jax.random.key(0)))))


def instances():
    with open(INSTANCES) as file:
        document = json.load(file)
    assert document["format"] == "skein.instances/1"
    return document["instances"]


class Programs(unittest.TestCase):
    def test_sizes_are_the_published_ones(self):
        for name, published in [
            ("llama-7b", 6_738_415_616),
            ("llama-8b", 8_030_261_248),
            ("vgg19", 143_667_240),
            # Without biases in attention and the class token with its position, but with 24 more classes.
            ("vit-large", 304_326_632 - 4 * 24 * 1024 - 2 * 1024 + 24 * 1025),
        ]:
            with self.subTest(name):
                self.assertEqual(parameters(name), published)
        for name, rounded in [("gpt-350m", 350e6), ("gpt-1.3b", 1.3e9), ("gpt-2.6b", 2.6e9), ("gpt-6.7b", 6.7e9)]:
            with self.subTest(name):
                self.assertLess(abs(parameters(name) / rounded - 1), 0.025)
        for name, rounded in [("wide-resnet-250m", 250e6), ("wide-resnet-1b", 1e9)]:
            with self.subTest(name):
                self.assertLess(abs(parameters(name) / rounded - 1), 0.025)

    def test_every_language_model_comes_scanned_and_at_two_depths(self):
        for name in LANGUAGE | FOLDING | PODS:
            model, config = PLANNER[name]
            self.assertEqual(PLANNER[f"{name}-scan"], (model, dataclasses.replace(config, scan=True)))
            self.assertEqual(PLANNER[f"{name}-depth2"][1].layers, 2)
            self.assertEqual(PLANNER[f"{name}-depth4"][1].layers, 4)

    def test_a_program_of_billions_of_parameters_is_a_small_text(self):
        with tempfile.TemporaryDirectory() as folder:
            path = corpus.write_program("llama-7b-scan", folder)
            self.assertLess(os.path.getsize(path), 100_000)


class Instances(unittest.TestCase):
    def test_configurations_are_those_of_the_programs(self):
        for instance in instances():
            with self.subTest(instance["name"]):
                model, config = PLANNER[instance["program"]["name"]]
                self.assertEqual(instance["program"]["model"], model.__name__.split(".")[-1])
                self.assertEqual(instance["program"]["config"], json.loads(json.dumps(dataclasses.asdict(config))))
                batch = config.groups if instance["program"]["model"] == "moe" else config.batch
                self.assertEqual(instance["batch"], batch)

    def test_every_expert_has_its_pins_and_every_pins_file_its_instance(self):
        named = set()
        for instance in instances():
            expert = instance["expert"]
            # 8xH100 or v5p:4x4x4.
            sizes = instance["cluster"].split(":")[-1].split("x")
            devices = math.prod(int(size) for size in sizes if size.isdigit())
            self.assertEqual(math.prod(expert["mesh"].values()), devices)
            for key in expert.keys() - {"mesh"}:
                named.add(os.path.basename(expert[key]))
                with self.subTest(instance["name"]), open(os.path.join(corpus.REPOSITORY, expert[key])) as file:
                    self.assertEqual(list(dict(json.load(file)["mesh"]["axes"])), list(expert["mesh"]))
        self.assertEqual({os.path.basename(path) for path in glob.glob(f"{EXPERTS}/*.json")}, named)


if __name__ == "__main__":
    unittest.main()
