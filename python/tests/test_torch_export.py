"""The exporter of PyTorch steps: what is a tensor, what is written in place, and what lives when."""

import functools
import unittest

try:
    import torch
except ModuleNotFoundError as error:
    raise unittest.SkipTest("needs torch: python/requirements-torch.txt") from error

from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from skein_torch_export import export_training_step, problem_of_step, trace_training_step
from skein_torch_export.tracing import STEADY_STEP


def mlp():
    return torch.nn.Sequential(torch.nn.Linear(6, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))


def convnet():
    """Batch norm, a write in place, two branches that meet, and a parameter that is used twice."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = torch.nn.Conv2d(2, 4, 3, padding=1)
            self.norm = torch.nn.BatchNorm2d(4)
            self.same = torch.nn.Conv2d(4, 4, 3, padding=1)
            self.head = torch.nn.Linear(4 * 36, 3)

        def forward(self, x):
            x = functional.relu(self.norm(self.stem(x)), inplace=True)
            left, right = self.same(x).chunk(2, dim=1)
            x = x + torch.cat([right.tanh(), left], dim=1).transpose(2, 3) + self.same(x)
            return self.head(x.flatten(1))

    return Net()


def checkpointed():
    """Runs a part of the forward pass again in the backward pass."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body = torch.nn.Sequential(mlp(), torch.nn.Tanh(), torch.nn.Linear(3, 8), torch.nn.Sigmoid())
            self.head = torch.nn.Linear(8, 3)

        def forward(self, x):
            return self.head(checkpoint(self.body, x, use_reentrant=False))

    return Net()


def batch_of(*shape):
    return {"x": torch.randn(4, *shape), "y": torch.tensor([0, 2, 1, 1])}


def loss(model, batch):
    return functional.cross_entropy(model(batch["x"]), batch["y"])


STEPS = {"mlp": (mlp, (6,)), "convnet": (convnet, (2, 6, 6)), "checkpointed": (checkpointed, (6,))}
SGD = functools.partial(torch.optim.SGD, lr=0.1, momentum=0.9)
RUNS = [(name, torch.optim.Adam) for name in STEPS] + [("convnet", SGD)]


def export(name="mlp", optimizer=torch.optim.Adam):
    make, shape = STEPS[name]
    return export_training_step(make(), batch_of(*shape), loss, optimizer)


def by_name(problem):
    return {tensor["name"]: tensor for tensor in problem["tensors"]}


def aliases(problem, kind):
    """{result: the tensors that it may or must take over}, by name."""
    names = [tensor["name"] for tensor in problem["tensors"]]
    found = {}
    for alias in problem["aliases"]:
        if alias["kind"] == kind:
            found.setdefault(names[alias["tensor"]], []).append(names[alias["of"]])
    return found


def operators(problem):
    """{operator: (its inputs, its outputs)}, by name."""
    names = [tensor["name"] for tensor in problem["tensors"]]
    return {
        operator["name"]: tuple([names[tensor] for tensor in operator[key]] for key in ("inputs", "outputs"))
        for operator in problem["operators"]
    }


class Tensors(unittest.TestCase):
    def test_sizes_are_those_of_storages_in_bytes(self):
        tensors = by_name(export())
        sizes = {"0.weight": 384, "0.bias": 64, "0.weight.exp_avg": 384, "0.weight.step": 4, "addmm": 256}
        self.assertEqual({name: tensors[name]["sizeBytes"] for name in sizes}, sizes)

    def test_what_the_step_updates_is_donated_and_the_batch_is_kept(self):
        tensors = by_name(export("convnet"))
        kinds = {name: tensor["kind"] for name, tensor in tensors.items() if "kind" in tensor}
        self.assertEqual({name for name, kind in kinds.items() if kind == "kept"}, {"batch['x']", "batch['y']"})
        for name in ("stem.weight", "norm.running_mean", "norm.num_batches_tracked", "head.bias.exp_avg_sq"):
            self.assertEqual(kinds[name], "donated")

    def test_frozen_parameters_are_kept_and_have_no_state(self):
        model = mlp()
        model[0].weight.requires_grad_(False)
        tensors = by_name(export_training_step(model, batch_of(6), loss))
        self.assertEqual(tensors["0.weight"]["kind"], "kept")
        self.assertNotIn("0.weight.exp_avg", tensors)

    def test_a_shared_parameter_is_one_tensor(self):
        model = torch.nn.Sequential(torch.nn.Linear(6, 6), torch.nn.Linear(6, 6))
        model[1].weight = model[0].weight
        tensors = by_name(export_training_step(model, batch_of(6), loss))
        self.assertIn("0.weight", tensors)
        self.assertNotIn("1.weight", tensors)

    def test_tensors_that_the_loss_brings_along_are_constants(self):
        weight = torch.ones(3)
        problem = export_training_step(
            mlp(), batch_of(6), lambda model, batch: functional.cross_entropy(model(batch["x"]), batch["y"], weight)
        )
        self.assertEqual([t["sizeBytes"] for t in problem["tensors"] if t.get("kind") == "constant"], [12])

    def test_outputs_are_the_loss_and_what_was_donated(self):
        problem = export()
        outputs = [tensor["name"] for tensor in problem["tensors"] if tensor.get("output")]
        donated = [tensor["name"] for tensor in problem["tensors"] if tensor.get("kind") == "donated"]
        self.assertEqual(outputs[0], "nll_loss_forward.0")
        self.assertEqual(len(outputs), 1 + len(donated))


class Aliases(unittest.TestCase):
    def test_views_are_no_operators_and_their_readers_read_the_storage(self):
        found = operators(export())
        self.assertFalse([name for name in found if name.split("/")[1] in ("t", "detach", "view")])
        self.assertEqual(found["2/addmm_1"], (["2.bias", "relu", "2.weight"], ["addmm_1"]))

    def test_chunks_of_a_result_keep_all_of_it(self):
        found = operators(export("convnet"))
        self.assertEqual(found["model/tanh"][0], ["convolution_1"])

    def test_the_last_update_ends_at_its_input_by_way_of_the_ones_before(self):
        problem = export()
        must = aliases(problem, "mustReuse")
        self.assertEqual(must["addcdiv_"], ["0.weight"])
        self.assertEqual(must["lerp_"], ["0.weight.exp_avg"])
        self.assertEqual((must["mul_"], must["addcmul_"]), (["0.weight.exp_avg_sq"], ["mul_"]))
        donated = [tensor["name"] for tensor in problem["tensors"] if tensor.get("kind") == "donated"]
        self.assertLessEqual(set(donated), {olds[0] for olds in must.values()})

    def test_element_wise_results_may_take_over_operands_of_their_layout(self):
        may = aliases(export("convnet"), "mayReuse")
        self.assertEqual(may["relu_"], ["native_batch_norm.2"])
        # The other operand is transposed: elements would be overwritten before they are read.
        self.assertEqual(may["add"], ["relu_"])
        self.assertNotIn("cat", may)

    def test_nothing_takes_over_inputs_or_outputs(self):
        problem = export("convnet", SGD)
        tensors = by_name(problem)
        for olds in aliases(problem, "mayReuse").values():
            for old in olds:
                self.assertNotIn("kind", tensors[old])
                self.assertNotIn("output", tensors[old])

    def test_running_statistics_are_written_by_the_norm(self):
        must = aliases(export("convnet"), "mustReuse")
        self.assertEqual(must["native_batch_norm.0"], ["norm.running_mean"])
        self.assertEqual(must["native_batch_norm.1"], ["norm.running_var"])

    def test_a_part_that_is_written_leaves_the_rest(self):
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(6, 3)

            def forward(self, x):
                x = self.layer(x).clone()
                x[:, 0].zero_()
                return x

        problem = export_training_step(Net(), batch_of(6), loss, SGD)
        self.assertEqual(aliases(problem, "mustReuse")["zero_"], ["clone"])
        self.assertEqual(operators(problem)["model/zero_"][0], ["clone"])


class Operators(unittest.TestCase):
    def test_they_stand_in_the_order_in_which_they_ran_with_the_module_that_ran_them(self):
        names = list(operators(export(optimizer=SGD)))
        self.assertEqual(names[:4], ["0/addmm", "1/relu", "2/addmm_1", "loss/_log_softmax"])
        phases = [name.split("/")[0] for name in names]
        self.assertEqual(list(dict.fromkeys(phases[3:])), ["loss", "backward", "optimizer"])

    def test_checkpoints_run_modules_again_in_the_backward_pass(self):
        names = list(operators(export("checkpointed")))
        again = [number for number, name in enumerate(names) if name.startswith("body.0.0/")]
        self.assertEqual(len(again), 2)
        self.assertGreater(again[1], names.index("backward/ones_like"))

    def test_every_input_is_there_before_it_is_read(self):
        for name in STEPS:
            problem = export(name)
            known = {number for number, tensor in enumerate(problem["tensors"]) if "kind" in tensor}
            for operator in problem["operators"]:
                self.assertLessEqual(set(operator["inputs"]), known)
                known.update(operator["outputs"])
            self.assertEqual(len(known), len(problem["tensors"]))

    def test_what_no_output_needs_is_left_out(self):
        def with_metric(model, batch):
            model(batch["x"]).argmax(1)
            return loss(model, batch)

        problem = export_training_step(mlp(), batch_of(6), with_metric)
        self.assertEqual(len(problem["operators"]), len(export()["operators"]))
        self.assertFalse([name for name in operators(problem) if "argmax" in name])

    def test_optimizers_by_one_call_for_all_parameters_write_in_place_as_well(self):
        problem = export(optimizer=functools.partial(torch.optim.Adam, foreach=True))
        donated = [tensor["name"] for tensor in problem["tensors"] if tensor.get("kind") == "donated"]
        self.assertLessEqual(set(donated), {olds[0] for olds in aliases(problem, "mustReuse").values()})
        self.assertLess(len(problem["operators"]), len(export()["operators"]))


class Oracle(unittest.TestCase):
    """Runs the traced step with values."""

    def run_step(self, name, optimizer, between=lambda node, environment: None):
        """Runs the graph node by node, and drops values after their last reader. Returns inputs and outputs by name."""
        make, shape = STEPS[name]
        torch.manual_seed(0)
        model, batch = make(), batch_of(*shape)
        traced = trace_training_step(model, batch, loss, optimizer)
        known = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        known.update({f"batch['{key}']": value for key, value in batch.items()})
        for input_name, node in zip(traced.names, traced.graph.graph.nodes):
            if input_name not in known:
                value = torch.rand(node.meta["val"].shape) / 100
                known[input_name] = torch.tensor(STEADY_STEP - 1.0) if input_name.endswith(".step") else value
        given = {key: known[key].detach().clone() for key in traced.names}
        values = iter([given[key] for key in traced.names])
        last = {source: node for node in traced.graph.graph.nodes for source in node.all_input_nodes}
        environment = {}
        for node in traced.graph.graph.nodes:
            if node.op == "output":
                break
            between(node, environment)
            arguments, keywords = torch.fx.node.map_arg((node.args, node.kwargs), environment.get)
            if node.op == "placeholder":
                environment[node] = next(values)
            else:
                environment[node] = node.target(*arguments, **keywords)
            for source in [node, *node.all_input_nodes]:
                if last.get(source, node) is node and source.op != "placeholder":
                    environment.pop(source, None)
        between(None, environment)
        return traced, known, given, (environment[node.args[0][0]], model)

    def test_the_graph_computes_what_training_computes(self):
        for name, optimizer in RUNS:
            with self.subTest(name):
                _, known, given, (value, model) = self.run_step(name, optimizer)
                stepper = optimizer(list(model.parameters()))
                for parameter_name, parameter in model.named_parameters():
                    prefix = f"{parameter_name}."
                    state = {key[len(prefix) :]: held for key, held in known.items() if key.startswith(prefix)}
                    stepper.state[parameter] = {key: held.clone() for key, held in state.items()}
                expected = loss(model, {"x": known["batch['x']"], "y": known["batch['y']"]})
                expected.backward()
                stepper.step()
                torch.testing.assert_close(value, expected.detach())
                for key, tensor in {**dict(model.named_parameters()), **dict(model.named_buffers())}.items():
                    torch.testing.assert_close(given[key], tensor.detach())

    def test_storages_live_as_long_as_the_problem_says(self):
        for name, optimizer in RUNS:
            with self.subTest(name):
                measured = {}

                def measure(node, environment):
                    storages = {}
                    for tensor in torch.utils._pytree.tree_leaves(list(environment.values())):
                        if isinstance(tensor, torch.Tensor):
                            storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
                    measured[node and node.name] = sum(storages.values())

                traced, *_ = self.run_step(name, optimizer, measure)
                problem = problem_of_step(traced, name)
                starts = [operator["name"].split("/")[1] for operator in problem["operators"]]
                expected = live_bytes(problem)
                self.assertEqual([measured[node] for node in [*starts, None]], expected)


def live_bytes(problem):
    """Bytes that are there before each operator and after the last, by the rules of docs/memory.md, not rounded."""
    count = len(problem["operators"])
    live = [0] * (count + 1)
    for number, tensor in enumerate(problem["tensors"]):
        readers = [step for step, operator in enumerate(problem["operators"]) if number in operator["inputs"]]
        maker = [step for step, operator in enumerate(problem["operators"]) if number in operator["outputs"]]
        first = maker[0] + 1 if maker else 0
        stays = tensor.get("kind") in ("kept", "constant") or tensor.get("output")
        for step in range(first, count + 1 if stays else max(readers, default=-1) + 1):
            live[step] += tensor["sizeBytes"]
    return live


if __name__ == "__main__":
    unittest.main()
