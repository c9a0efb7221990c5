"""Compiles a program with the real TPU compiler on a machine without TPUs, and tells what became of it."""
