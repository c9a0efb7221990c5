"""What all models share: Adam, the loss of a classifier, and the arguments of an exported step."""

import typing

import jax
import jax.numpy as jnp
import numpy

# Results come in the order of the donated arguments, so that each result takes over its own argument's buffer.
DONATED = (0, 1, 2, 3)


class Trained(typing.NamedTuple):
    """What a training step returns."""

    params: typing.Any
    m: typing.Any
    v: typing.Any
    count: jax.Array
    loss: jax.Array


def adam_step(loss_function, params, m, v, count, *batch, **options):
    """One step of AdamW on `loss_function(params, *batch)`; m and v are the moments, count the steps done before."""
    loss, grads = jax.value_and_grad(loss_function)(params, *batch)
    params, m, v, count = adam(grads, params, m, v, count, **options)
    return Trained(params, m, v, count, loss)


@jax.named_scope("adam")
def adam(grads, params, m, v, count, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.01):
    """AdamW (Loshchilov and Hutter, 2019, Decoupled weight decay regularization): new params, m, v and count.

    Moments are f32 whatever the parameters are. The parameters stay in their type.
    """
    count = count + 1
    steps = count.astype(jnp.float32)
    correction1, correction2 = 1 - beta1**steps, 1 - beta2**steps
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, grads)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, grads)

    def update(p, m, v):
        direction = (m / correction1) / (jnp.sqrt(v / correction2) + epsilon)
        old = p.astype(jnp.float32)
        return (old - rate * (direction + decay * old)).astype(p.dtype)

    return jax.tree.map(update, params, m, v), m, v, count


@jax.named_scope("loss")
def cross_entropy(logits, labels):
    """Mean of -log softmax(logits)[labels] in f32; logits: [..., classes], labels: integers [...].

    The label's logit is picked by comparison, not by a gather, so that the classes may be split over devices.
    """
    logits = logits.astype(jnp.float32)
    peak = jnp.max(jax.lax.stop_gradient(logits), axis=-1)
    partition = jnp.log(jnp.sum(jnp.exp(logits - peak[..., None]), axis=-1)) + peak
    classes = jax.lax.broadcasted_iota(labels.dtype, logits.shape, logits.ndim - 1)
    picked = jnp.sum(jax.lax.select(classes == labels[..., None], logits, jnp.zeros_like(logits)), axis=-1)
    return jnp.mean(partition - picked)


@jax.named_scope("cast")
def cast(params, dtype):
    """params in the type that layers compute in; as they are when that is empty.

    Called where the weights are used, so that f32 weights are the master copy and the copies live as long as a layer.
    """
    return jax.tree.map(lambda p: p.astype(dtype), params) if dtype else params


def abstract_state(init, config):
    """Abstract (params, m, v, count) of a model: shapes and types, no memory."""
    params = jax.eval_shape(lambda: init(config, jax.random.key(0)))
    moments = jax.tree.map(lambda p: jax.ShapeDtypeStruct(p.shape, jnp.float32), params)
    return params, moments, moments, jax.ShapeDtypeStruct((), jnp.int32)


def integers(shape, high, seed=0):
    """Random int32 in [0, high) that contain 0 and high - 1, so that an exporter measures the whole range."""
    drawn = numpy.random.default_rng(seed).integers(0, high, shape, dtype=numpy.int32)
    drawn.flat[0], drawn.flat[-1] = 0, high - 1
    return drawn


def normal(key, *shape, std=0.02, dtype=jnp.float32):
    """Normal weights."""
    return (std * jax.random.normal(key, shape)).astype(dtype)
