"""Small JAX models with a whole training step each, to plan and to run: see `corpus` for the configurations."""
