"""Golden cases of whole programs, as JAX lowers them: training steps, loops, indexing and what else users write."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from golden_case import Case, random_of


def families():
    with jax.enable_x64(False):
        return {
            "programs": [
                lowered("MLP and Adam", mlp_step, *mlp_arguments()),
                lowered("MLP in bf16", bf16_step, *mlp_arguments()),
                lowered("GPT-2 of two layers and Adam", gpt2_step, *gpt2_arguments()),
                lowered("convolutions, batch norm and max-pool", conv_step, *conv_arguments()),
                lowered(
                    "recurrent scan",
                    scan_step,
                    normal("scan", 5, 3, 4),
                    normal("scan w", 4, 6, scale=0.5),
                    normal("scan u", 6, 6, scale=0.5),
                ),
                lowered(
                    "embedding, gather and scatter",
                    embedding_step,
                    normal("table", 11, 4),
                    integers("tokens", 11, 3, 5),
                ),
                lowered("mixture of experts, top-k", experts_step, *experts_arguments()),
                lowered(
                    "U-shaped convolutions",
                    unet_step,
                    normal("image", 1, 8, 8, 2),
                    normal("down", 3, 3, 2, 4, scale=0.3),
                    normal("up", 2, 2, 4, 2, scale=0.3),
                ),
                lowered("random numbers", random_numbers, np.array([7, 42], np.uint32)),
                lowered("loops and branches", loops, np.int32(6), normal("loops", 4)),
                lowered("sorting and searching", sorting, np.round(normal("sorting", 3, 8) * 2)),
                lowered("indexing", indexing, normal("indexing", 5, 6), integers("where", 5, 4)),
                lowered("running sums and windows", running, normal("running", 3, 8)),
                lowered(
                    "contractions", contractions, normal("c1", 2, 3, 4), normal("c2", 4, 5, 2), normal("c3", 2, 3, 5)
                ),
                lowered("complex numbers", complex_numbers, normal("re", 3, 4), normal("im", 3, 4)),
                lowered(
                    "integer arithmetic", integer_arithmetic, integers("bits", 1000, 12), integers("more bits", 31, 12)
                ),
            ]
        }


def normal(name, *shape, scale=1.0):
    return (scale * random_of(name).normal(size=shape)).astype(np.float32)


def integers(name, high, *shape):
    return random_of(name).integers(0, high, shape).astype(np.int32)


def lowered(name, function, *arguments):
    text = jax.jit(function, keep_unused=True).lower(*arguments).as_text()
    return Case(name, text, jax.tree.leaves(arguments))


def adam(params, moments, grads, step, rate=1e-2):
    def update(p, m, v, g):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        scale = jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        return p - rate * scale * m / (jnp.sqrt(v) + 1e-8), m, v

    flat, tree = jax.tree.flatten(params)
    first, second = (tree.flatten_up_to(part) for part in moments)
    results = [update(*parts) for parts in zip(flat, first, second, tree.flatten_up_to(grads))]
    return tree.unflatten([r[0] for r in results]), tuple(tree.unflatten([r[i] for r in results]) for i in (1, 2))


def adam_state(params):
    """Moments as some steps would have left them."""
    return jax.tree.map(lambda p: 0.1 * np.ones_like(p), params), jax.tree.map(lambda p: 0.02 * np.ones_like(p), params)


def cross_entropy(logits, labels):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], axis=-1))


def mlp_arguments():
    params = {
        "w1": normal("w1", 8, 16, scale=0.3),
        "b1": normal("b1", 16, scale=0.1),
        "w2": normal("w2", 16, 4, scale=0.3),
        "b2": normal("b2", 4, scale=0.1),
    }
    return params, adam_state(params), np.int32(3), normal("x", 12, 8), integers("y", 4, 12)


def mlp_loss(params, x, y):
    hidden = jax.nn.relu(x @ params["w1"] + params["b1"])
    return cross_entropy(hidden @ params["w2"] + params["b2"], y)


def mlp_step(params, moments, step, x, y):
    loss, grads = jax.value_and_grad(mlp_loss)(params, x, y)
    return loss, grads, *adam(params, moments, grads, step.astype(jnp.float32))


def bf16_step(params, moments, step, x, y):
    def loss(params):
        low = jax.tree.map(lambda p: p.astype(jnp.bfloat16), params)
        return mlp_loss(low, x.astype(jnp.bfloat16), y).astype(jnp.float32)

    return jax.tree.map(lambda grad: grad.astype(jnp.bfloat16), jax.grad(loss)(params))


def gpt2_arguments():
    width, layers, vocabulary, length = 16, 2, 32, 8
    params = {
        "wte": normal("wte", vocabulary, width, scale=0.2),
        "wpe": normal("wpe", length, width, scale=0.1),
        "ln": [np.ones(width, np.float32), np.zeros(width, np.float32)],
    }
    for i in range(layers):
        params[f"h{i}"] = {
            "ln1": [normal(f"g1{i}", width) * 0.1 + 1, normal(f"b1{i}", width) * 0.1],
            "ln2": [normal(f"g2{i}", width) * 0.1 + 1, normal(f"b2{i}", width) * 0.1],
            "qkv": [normal(f"qkv{i}", width, 3, width, scale=0.2), normal(f"qkvb{i}", 3, width, scale=0.1)],
            "out": [normal(f"out{i}", width, width, scale=0.2), normal(f"outb{i}", width, scale=0.1)],
            "up": [normal(f"up{i}", width, 4 * width, scale=0.2), normal(f"upb{i}", 4 * width, scale=0.1)],
            "down": [normal(f"down{i}", 4 * width, width, scale=0.2), normal(f"downb{i}", width, scale=0.1)],
        }
    tokens = integers("gpt2 tokens", vocabulary, 2, length + 1)
    return params, adam_state(params), np.float32(4), tokens[:, :-1], tokens[:, 1:]


def layer_norm(x, parameters):
    gain, bias = parameters
    centred = x - x.mean(-1, keepdims=True)
    return centred * lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * gain + bias


def attention(x, p, heads=2):
    batch, length, width = x.shape
    qkv = jnp.einsum("btd,dce->btce", x, p["qkv"][0]) + p["qkv"][1]
    q, k, v = (qkv[:, :, i].reshape(batch, length, heads, width // heads) for i in range(3))
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(width // heads)
    scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e9)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v).reshape(batch, length, width)
    return mixed @ p["out"][0] + p["out"][1]


def gpt2_loss(params, tokens, targets):
    x = params["wte"][tokens] + params["wpe"]
    for i in range(2):
        p = params[f"h{i}"]
        x = x + attention(layer_norm(x, p["ln1"]), p)
        hidden = jax.nn.gelu(layer_norm(x, p["ln2"]) @ p["up"][0] + p["up"][1])
        x = x + hidden @ p["down"][0] + p["down"][1]
    return cross_entropy(layer_norm(x, params["ln"]) @ params["wte"].T, targets)


def gpt2_step(params, moments, step, tokens, targets):
    loss, grads = jax.value_and_grad(gpt2_loss)(params, tokens, targets)
    new_params, new_moments = adam(params, moments, grads, step)
    # Moments are compared rather than weights: a small gradient's sign decides a whole step of Adam.
    return loss, grads, new_moments


def conv_arguments():
    params = {
        "k1": normal("k1", 3, 3, 3, 4, scale=0.3),
        "g": normal("g", 4) * 0.1 + 1,
        "b": normal("b", 4) * 0.1,
        "k2": normal("k2", 3, 3, 4, 4, scale=0.3),
        "w": normal("w", 4, 5, scale=0.3),
    }
    return params, normal("images", 2, 10, 10, 3), integers("labels", 5, 2)


def convolve(x, kernel, stride, padding="SAME", **options):
    return lax.conv_general_dilated(
        x, kernel, (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"), **options
    )


def conv_step(params, images, labels):
    def loss(params):
        x = convolve(images, params["k1"], 1)
        mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
        x = (x - mean) * lax.rsqrt(variance + 1e-5) * params["g"] + params["b"]
        x = lax.reduce_window(jax.nn.relu(x), -jnp.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")
        x = jax.nn.relu(convolve(x, params["k2"], 2))
        x = lax.reduce_window(x, 0.0, lax.add, (1, 2, 2, 1), (1, 1, 1, 1), "VALID") / 4
        return cross_entropy(x.mean((1, 2)) @ params["w"], labels), (mean, variance)

    (value, statistics), grads = jax.value_and_grad(loss, has_aux=True)(params)
    return value, statistics, grads


def scan_step(x, w, u):
    def loss(w, u):
        def cell(state, item):
            state = jnp.tanh(item @ w + state @ u)
            return state, state.sum()

        last, sums = lax.scan(cell, jnp.zeros((3, 6)), x)
        return (last**2).sum() + sums.mean()

    return jax.value_and_grad(loss, argnums=(0, 1))(w, u)


def embedding_step(table, tokens):
    def loss(table):
        rows = table[tokens]
        picked = jnp.take_along_axis(rows, (tokens % 4)[..., None], axis=-1)
        return (rows**3).sum() + picked.sum(), rows

    (value, rows), grad = jax.value_and_grad(loss, has_aux=True)(table)
    sums = jax.ops.segment_sum(rows.reshape(-1, 4), tokens.reshape(-1), 11)
    return value, grad, sums, table.at[tokens[0]].set(1.0), table.at[tokens[0], 1].max(0.5), table.at[::2].multiply(3.0)


def experts_arguments():
    return (
        normal("tokens", 12, 6),
        normal("router", 6, 4),
        normal("up", 4, 6, 8, scale=0.4),
        normal("down", 4, 8, 6, scale=0.4),
    )


def experts_step(x, router, up, down, capacity=5):
    def loss(router, up, down):
        weights, chosen = lax.top_k(jax.nn.softmax(x @ router), 2)
        weights = weights / weights.sum(-1, keepdims=True)
        mask = jax.nn.one_hot(chosen, 4, dtype=jnp.int32)
        place = (jnp.cumsum(mask.reshape(-1, 4), axis=0) - 1).reshape(mask.shape) * mask
        slot = jax.nn.one_hot(place.sum(-1), capacity) * mask.astype(jnp.float32).sum(-1)[..., None]
        dispatch = jnp.einsum("tke,tkc->tec", mask.astype(jnp.float32), slot)
        combine = jnp.einsum("tk,tke,tkc->tec", weights, mask.astype(jnp.float32), slot)
        hidden = jax.nn.silu(jnp.einsum("tec,td,edh->ech", dispatch, x, up))
        return (jnp.einsum("tec,ech,ehd->td", combine, hidden, down) ** 2).mean(), chosen

    (value, chosen), grads = jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True)(router, up, down)
    return value, chosen, grads


def unet_step(image, down, up):
    def loss(down, up):
        low = jax.nn.gelu(convolve(image, down, 2, ((1, 1), (1, 1))), approximate=False)
        high = lax.conv_transpose(low, up, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        wide = convolve(high, down, 1, rhs_dilation=(2, 2))
        grouped = convolve(wide, jnp.ones((2, 2, 2, 4)), 1, feature_group_count=2)
        return (jnp.concatenate([high, image], -1) ** 2).mean() + (grouped * wide[:, :8, :8]).mean()

    return jax.value_and_grad(loss, argnums=(0, 1))(down, up)


def random_numbers(key):
    first, second, third = jax.random.split(key, 3)
    return (
        jax.random.uniform(first, (7,)),
        jax.random.normal(second, (3, 5)),
        jax.random.randint(third, (6,), -5, 9),
        jax.random.permutation(first, 10),
        jax.random.bernoulli(second, 0.3, (9,)),
        jax.random.categorical(third, jnp.zeros((4, 3))),
        jax.random.truncated_normal(first, -1, 2, (5,)),
    )


def loops(n, x):
    total = lax.fori_loop(0, n, lambda i, value: value * 1.5 + i, x)
    steps, last = lax.while_loop(
        lambda state: state[1].sum() < 50, lambda state: (state[0] + 1, state[1] * 2 + 1), (0, x * x)
    )
    chosen = lax.switch(n % 3, [jnp.sin, lambda y: -y, lambda y: y[::-1]], x)
    either = lax.cond(n > 3, lambda y: y + 1, lambda y: y - 1, x)
    mapped = lax.map(lambda y: jnp.where(y > 0, y, jnp.exp(y)), x)
    return total, steps, last, chosen, either, mapped, jax.checkpoint(jnp.tanh)(x)


def sorting(x):
    return (
        jnp.sort(x),
        jnp.argsort(x, axis=0),
        jnp.argmax(x, axis=1),
        jnp.argmin(x, axis=0),
        jnp.median(x),
        lax.top_k(x, 3),
        jnp.searchsorted(jnp.arange(8.0), x[0]),
        jnp.sort(x, descending=True),
        jnp.any(x > 1, axis=0),
        jnp.all(x < 9),
        jnp.unique(x, size=5),
        jnp.percentile(x, 30, axis=1),
        lax.sort((x, -x), num_keys=2),
    )


def indexing(x, where):
    rows = jax.vmap(lambda row, at: lax.dynamic_slice(row, (at,), (2,)))(x[:4], where)
    updated = jax.vmap(lambda row, at: lax.dynamic_update_slice(row, jnp.ones(2), (at,)))(x[:4], where)
    return (
        rows,
        updated,
        x[where, where],
        x[:, where][1:-1],
        x.at[where].add(1.0),
        jnp.roll(x, 2, axis=1),
        jnp.flip(x, 0),
        jnp.pad(x, ((1, 2), (0, 1)), constant_values=3.0),
        jnp.pad(x, 1, mode="reflect"),
        x[::-2, 1::3],
        jnp.take(x, where + 3, axis=0, mode="clip"),
        jnp.take(x, where + 3, axis=0, fill_value=-1.0),
        x.at[where + 3].set(0.0, mode="drop"),
        jnp.diagonal(x),
        jnp.triu(x),
        jnp.repeat(x[0], 3),
        jnp.tile(x, (1, 2)),
    )


def running(x):
    return (
        jnp.cumsum(x, axis=1),
        jnp.cumprod(x, axis=0),
        lax.cummax(x, axis=1),
        lax.cumlogsumexp(x, axis=1),
        lax.associative_scan(jnp.multiply, x, axis=1),
        jax.nn.logsumexp(x, axis=0),
        jnp.var(x),
        jnp.convolve(x[0], x[1]),
        lax.reduce_precision(x, 5, 3),
        jnp.linalg.norm(x, axis=1),
        jax.scipy.special.erfinv(jnp.tanh(x)),
        jax.lax.reduce(x, jnp.float32(0), lambda a, b: a + b * b, (1,)),
        jax.nn.softplus(x),
        jnp.nanmax(x, axis=0),
    )


def contractions(a, b, c):
    return (
        jnp.einsum("ijk,klm->ijlm", a, b),
        jnp.einsum("ijk,kli,ijl->", a, b, c),
        jnp.einsum("ijk->kj", a),
        jnp.tensordot(a, b, 1),
        jnp.outer(a[0, 0], b[0, 0]),
        jnp.matmul(a, c.transpose(0, 2, 1)[:, :4, :]),
        jax.vmap(jnp.dot, (0, None))(a, b[:, :, 0]),
        jnp.kron(a[0], c[0]),
    )


def complex_numbers(real, imaginary):
    z = real + 1j * imaginary
    return (
        z * jnp.conj(z),
        jnp.exp(z),
        jnp.abs(z),
        jnp.angle(z),
        jnp.sqrt(z),
        z @ z.T,
        z.sum(0),
        jnp.where(real > 0, z, 1j),
        z**2,
    )


def integer_arithmetic(a, b):
    return (
        a // (b + 1),
        a % (b + 1),
        a << (b % 8),
        a >> 2,
        jnp.bitwise_count(a),
        a & b,
        ~a,
        a.astype(jnp.uint8) * 200,
        (a - 500).astype(jnp.int8),
        lax.clz(a),
        jnp.sum(a * b),
        (a * 1.7).astype(jnp.int32),
        a.astype(jnp.uint32) ** 3,
        jnp.floor_divide(-a, b + 1),
        jnp.remainder(-a, b + 1),
        jnp.gcd(a, b),
    )
