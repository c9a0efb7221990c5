"""Says for each program of a JSON file whether the StableHLO of jaxlib takes it.

Usage: python verifier-mutations.py texts.json verdicts.json
texts.json is {name: text}; verdicts.json becomes {name: null where it is taken, else what is wrong}.
Some broken programs kill jaxlib's verifier; they get the verdict "crash". A child does the work, so that the next one
can go on behind the program that killed it.
"""

import json
import os
import sys

from jax._src.interpreters import mlir
from jaxlib.mlir import ir


def verdict(text):
    try:
        module = ir.Module.parse(text)
        module.operation.verify()
    except (ir.MLIRError, ValueError) as error:
        lines = [line.strip() for line in str(error).splitlines() if "error:" in line]
        return lines[0] if lines else str(error)
    return None


def judge(names, texts, output):
    """Writes one JSON line per program to the file descriptor, as soon as it is known."""
    with mlir.make_ir_context():
        for name in names:
            line = json.dumps([name, verdict(texts[name])]) + "\n"
            os.write(output, line.encode())


def judge_in_child(names, texts):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        judge(names, texts, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    os.waitpid(child, 0)
    return found


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        texts = json.load(file)
    names = list(texts)
    verdicts = {}
    while len(verdicts) < len(names):
        verdicts.update(judge_in_child(names[len(verdicts) :], texts))
        if len(verdicts) < len(names):
            verdicts[names[len(verdicts)]] = "crash"
    with open(target, "w", encoding="utf-8") as file:
        json.dump(verdicts, file)


if __name__ == "__main__":
    main()
