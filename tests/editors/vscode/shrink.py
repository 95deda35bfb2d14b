"""Makes a screenshot small: 256 of its colours, and the nearest of them for the few others. Argument: the PNG."""

import struct
import sys
import zlib
from collections import Counter
from pathlib import Path


def pixels(png: bytes) -> tuple[int, int, list[list[bytes]]]:
    """Width, height, and rows of colours of an image with 8 bits a channel that is not interlaced."""
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colours in (2, 6) and not interlaced
        elif kind == b"IDAT":
            packed += body
    size = 3 if colours == 2 else 4
    raw, stride = zlib.decompress(packed), width * size
    above, rows = bytearray(stride), []
    for y in range(height):
        start = y * (stride + 1)
        row = bytearray(raw[start + 1 : start + 1 + stride])
        unfilter(raw[start], row, above, size)
        rows.append([bytes(row[x : x + 3]) for x in range(0, stride, size)])
        above = row
    return width, height, rows


def unfilter(kind: int, row: bytearray, above: bytearray, size: int) -> None:
    for x in range(len(row)):
        left = row[x - size] if x >= size else 0
        up = above[x]
        corner = above[x - size] if x >= size else 0
        if kind == 1:
            add = left
        elif kind == 2:
            add = up
        elif kind == 3:
            add = (left + up) // 2
        elif kind == 4:
            guess = left + up - corner
            add = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        else:
            return
        row[x] = (row[x] + add) & 255


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other))


def choose(counted: Counter[bytes]) -> list[bytes]:
    """The most frequent colours, and of the rest, one after another, the one that is farthest from all that are chosen."""
    palette = [colour for colour, _ in counted.most_common(200)]
    away = {colour: min(distance(colour, chosen) for chosen in palette) for colour in counted}
    while len(palette) < 256 and any(away.values()):
        palette.append(max(away, key=away.__getitem__))
        away = {colour: min(far, distance(colour, palette[-1])) for colour, far in away.items()}
    return palette


def shrink(png: bytes) -> bytes:
    width, height, rows = pixels(png)
    counted = Counter(colour for row in rows for colour in row)
    palette = choose(counted)
    nearest = {colour: min(range(len(palette)), key=lambda at: distance(colour, palette[at])) for colour in counted}
    indexed = b"".join(b"\0" + bytes(nearest[colour] for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(indexed, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


picture = Path(sys.argv[1])
picture.write_bytes(shrink(picture.read_bytes()))
