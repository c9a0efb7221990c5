"""Frames on the socket: a little-endian u32 length, then a msgpack map.

Requests are {id, method, params}; answers {id, result} or {id, error: {code, message, detail}}.
"""

import socket
import struct

import msgpack

MAX_FRAME_BYTES = 64 << 20


class WorkerError(Exception):
    """An error that the driver turns into a diagnostic. `code` is one of the driver's worker codes."""

    def __init__(self, code, message, detail=""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


def connect(unix_path, address):
    """Connects to the driver's Unix socket, or to `host:port`."""
    if unix_path:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(unix_path)
        return connection
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def receive(connection):
    """Returns the next message, or None where the driver has closed the connection."""
    head = _receive_exactly(connection, 4)
    if head is None:
        return None
    (size_bytes,) = struct.unpack("<I", head)
    if size_bytes > MAX_FRAME_BYTES:
        raise WorkerError("protocol", f"a frame of {size_bytes} bytes is over the limit of {MAX_FRAME_BYTES}")
    body = _receive_exactly(connection, size_bytes)
    return None if body is None else msgpack.unpackb(body)


def send(connection, message):
    body = msgpack.packb(message)
    connection.sendall(struct.pack("<I", len(body)) + body)


def _receive_exactly(connection, count):
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
