"""The exporter of PyTorch steps: its errors, its command and its files."""

import contextlib
import gzip
import io
import json
import os
import tempfile
import unittest

try:
    import torch
except ModuleNotFoundError as error:
    raise unittest.SkipTest("needs torch: python/requirements-torch.txt") from error

from torch.nn import functional

from skein_torch_export import ExportError, export_training_step, format_problem, load_entry, without_values
from skein_torch_export.__main__ import main
from skein_torch_export.corpus import REPOSITORY, write_program
from skein_torch_export.models import programs


def network():
    return torch.nn.Sequential(torch.nn.Linear(6, 16), torch.nn.BatchNorm1d(16), torch.nn.Linear(16, 3))


def make_batch():
    return {"x": torch.empty(4, 6), "y": torch.zeros(4, dtype=torch.long)}


def loss(model, batch):
    return functional.cross_entropy(model(batch["x"]), batch["y"])


class Mistakes(unittest.TestCase):
    def test_they_are_told_apart(self):
        model, batch = network(), make_batch()

        def by_value(model, batch):
            return loss(model, batch) * batch["x"].sum().item()

        for arguments, message in [
            (("model", batch, loss), "the model is a str"),
            ((torch.nn.ReLU(), batch, loss), "nothing to train"),
            ((model, {"x": [1]}, loss), r"batch\['x'\]\[0\] is a int"),
            ((model, batch, 3), r"give a function loss\(model, batch\)"),
            ((model, batch, lambda model, batch: model(batch["x"])), r"of shape \[4, 3\]; return one number"),
            ((model, batch, lambda model, batch: batch["x"].sum()), "depends on no parameter"),
            ((model, batch, by_value), "reads a value from a tensor"),
            ((model, {**batch, "x": torch.ones(4, 7)}, loss), "running the model: RuntimeError"),
            ((model, batch, loss, torch.optim.LBFGS), "LBFGS evaluates the loss again"),
            ((model, batch, loss, lambda parameters: None), "return a torch.optim.Optimizer"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(ExportError, message):
                export_training_step(*arguments)

    def test_wrong_entries_are_told_apart(self):
        for spec, message in [
            ("skein_torch_export.models", "is not module:function"),
            ("no_such_module:build", "no module 'no_such_module'"),
            ("skein_torch_export.models:alexnett", "has no 'alexnett'"),
            ("skein_torch_export.tracing:STEADY_STEP", "is a int, not a function"),
            ("skein_torch_export.models:programs", "returned a dict; expected"),
        ]:
            with self.subTest(spec), self.assertRaisesRegex(ExportError, message):
                load_entry(spec)


class Files(unittest.TestCase):
    def test_models_need_no_memory_and_give_the_same_problem(self):
        with without_values():
            lazy = export_training_step(network(), make_batch(), loss)
        self.assertEqual(format_problem(lazy), format_problem(export_training_step(network(), make_batch(), loss)))

    def test_the_command_writes_once_and_again_by_force_with_equal_bytes(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            with open(os.path.join(folder, "own_step.py"), "w") as file:
                file.write(OWN_STEP)
            before = os.getcwd()
            os.chdir(folder)
            self.addCleanup(os.chdir, before)
            self.assertEqual(main(["own_step:build", "--out", "step.json.gz"]), 0)
            with open("step.json.gz", "rb") as file:
                first = file.read()
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(main(["own_step:build", "--out", "step.json.gz"]), 2)
            self.assertIn("--force", errors.getvalue())
            self.assertEqual(main(["own_step:build", "--out", "step.json.gz", "--force"]), 0)
            with open("step.json.gz", "rb") as file:
                self.assertEqual(file.read(), first)
            problem = json.loads(gzip.decompress(first))
            self.assertEqual((problem["format"], problem["name"]), ("skein.memory/1", "own_step:build"))
            os.chdir(before)

    def test_committed_problems_are_what_the_corpus_writes(self):
        committed = os.path.join(REPOSITORY, "test", "memory", "programs")
        files = ["README.md", *(f"{name}.json.gz" for name in programs())]
        self.assertEqual(sorted(os.listdir(committed)), sorted(files))
        with tempfile.TemporaryDirectory() as folder:
            try:
                problem, _ = write_program("alexnet-1", folder)
            except ModuleNotFoundError as error:
                self.skipTest(f"needs {error.name}")
        with gzip.open(os.path.join(committed, "alexnet-1.json.gz"), "rt") as file:
            self.assertEqual(file.read(), format_problem(problem))


OWN_STEP = """
import torch

def build():
    return torch.nn.Linear(3, 1), torch.ones(2, 3), lambda model, x: model(x).mean(), torch.optim.Adagrad
"""


if __name__ == "__main__":
    unittest.main()
