"""`runner.py`, which `skein plan --out` puts beside a plan. It imports nothing of Skein."""
