"""python -m skein_worker: one worker process. See `--help`."""

import argparse
import os
import traceback


def parse_arguments():
    parser = argparse.ArgumentParser(prog="skein_worker", description="Runs StableHLO programs for a Skein driver.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--socket", metavar="PATH", help="Unix socket on which the driver listens")
    where.add_argument("--connect", metavar="HOST:PORT", help="TCP address on which the driver listens")
    parser.add_argument("--token", help="secret of the session (default: environment variable SKEIN_TOKEN)")
    parser.add_argument("--session-folder", required=True, help="private folder for bulk data, removed at the end")
    parser.add_argument("--platform", default="cpu", choices=["cpu", "gpu", "tpu"])
    parser.add_argument("--devices", type=int, default=1, help="virtual devices of this process, for cpu")
    parser.add_argument("--process", type=int, default=0, help="index of this process")
    parser.add_argument("--processes", type=int, default=1, help="number of processes that work together")
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where process 0 coordinates")
    parser.add_argument("--watch-stdin", action="store_true", help="end when standard input closes")
    return parser.parse_args()


def set_environment(options):
    """XLA reads these when it starts, so they are set before JAX is imported."""
    if options.platform == "cpu":
        os.environ["JAX_PLATFORMS"] = "cpu"
        flags = [
            f"--xla_force_host_platform_device_count={options.devices}",
            # Many virtual devices on few cores reach a collective minutes apart; the default kills after 40 s.
            "--xla_cpu_collective_call_warn_stuck_timeout_seconds=600",
            "--xla_cpu_collective_call_terminate_timeout_seconds=3600",
            "--xla_cpu_collective_timeout_seconds=3600",
        ]
        os.environ["XLA_FLAGS"] = " ".join([os.environ.get("XLA_FLAGS", ""), *flags]).strip()
    # numpy's dot products are over short chunks, where threads only wait for each other.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def serve(connection, session):
    """Answers requests one after another until `shutdown` or until the driver hangs up."""
    from .protocol import receive, send

    methods = {
        "hello": session.hello,
        "compile": session.compile,
        "generate": session.generate,
        "load": session.load,
        "put": session.put,
        "execute": session.execute,
        "get": session.get,
        "transfer": session.transfer,
        "save": session.save,
        "compare": session.compare,
        "release": session.release,
        "unload": session.unload,
        "memoryStats": session.memory_stats,
    }
    while (request := receive(connection)) is not None:
        if request["method"] == "shutdown":
            send(connection, {"id": request["id"], "result": {}})
            return
        try:
            answer = {"result": methods[request["method"]](request["params"])}
        except BaseException as error:  # Every failure is the driver's to report; it decides whether to go on.
            answer = {"error": describe_error(error)}
        send(connection, {"id": request["id"], **answer})
        session.tidy()


def describe_error(error):
    from .protocol import WorkerError

    if isinstance(error, WorkerError):
        return {"code": error.code, "message": error.message, "detail": error.detail}
    text = str(error)
    # XLA's errors begin with a status such as `RESOURCE_EXHAUSTED:`.
    if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in text[:200]:
        return {"code": "memory", "message": text or "out of memory", "detail": ""}
    if isinstance(error, OSError):
        return {"code": "files", "message": text, "detail": traceback.format_exc()}
    kind = "xla" if type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError") else "python"
    return {"code": kind, "message": text or type(error).__name__, "detail": traceback.format_exc()}


def main():
    options = parse_arguments()
    token = options.token or os.environ.pop("SKEIN_TOKEN", "")
    from .guardian import guard, watch_connection

    guard(options.session_folder, options.watch_stdin)
    set_environment(options)
    from .protocol import connect, receive, send
    from .session import Session

    connection = connect(options.socket, options.connect)
    params = {"token": token, "process": options.process, "pid": os.getpid()}
    send(connection, {"id": 0, "method": "join", "params": params})
    answer = receive(connection)
    if answer is None or "result" not in answer:
        raise SystemExit("skein_worker: the driver refused the token")
    watch_connection(connection)
    serve(connection, Session(options))
    # Without the interpreter's own end, which would wait for the other processes.
    os._exit(0)


if __name__ == "__main__":
    main()
