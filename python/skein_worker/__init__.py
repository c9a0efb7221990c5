"""Runs StableHLO programs on JAX devices for a driver that talks to it over a socket."""

TESTED_JAX_VERSION = "0.10.2"
