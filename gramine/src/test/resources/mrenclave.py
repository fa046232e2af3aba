"""A second implementation of MRENCLAVE, which shares nothing with the first one.

usage: mrenclave.py MANIFEST LIBRARY SIZE THREADS static|dynamic

It builds the memory of the enclave as a list of (address, kind, content) with the lowest part last,
and reads the library with the help of `readelf`.
"""

import hashlib
import re
import subprocess
import sys

P = 0x1000
manifest_file, library_file, size, threads, memory = sys.argv[1:]
size, threads = int(size), int(threads)
R, W, X, TCS, REG = 1, 2, 4, 0x100, 0x200


def num(value, length=8):
    return value.to_bytes(length, "little")


def readelf(option):
    return subprocess.run(
        ["readelf", option, "-W", library_file], check=True, capture_output=True, text=True
    ).stdout


entry = int(re.search(r"Entry point address:\s+(0x[0-9a-f]+)", readelf("-h")).group(1), 16)
raw = open(library_file, "rb").read()
loads = []
for m in re.finditer(
    r"^  LOAD\s+(0x\w+) (0x\w+) 0x\w+ (0x\w+) (0x\w+) (.)(.)(.)", readelf("-l"), re.M
):
    offset, address, in_file, in_memory = (int(text, 16) for text in m.groups()[:4])
    kind = REG | (m[5] == "R") * R | (m[6] == "W") * W | (m[7] == "E") * X
    loads.append((address, raw[offset : offset + in_file].ljust(in_memory, b"\0"), kind))
top = max(-(-(address + len(content)) // P) * P for address, content, _ in loads)

text = open(manifest_file, "rb").read() + b"\0"
end = size
places = {}
for name, length in (
    [("manifest", -(-len(text) // P) * P), ("ssa", threads * 8 * P)]
    + [("tcs", threads * P), ("own", threads * P)]
    + [(("stack", t), 64 * P) for t in range(threads)]
    + [(("signals", t), 16 * P) for t in range(threads)]
    + [("library", top)]
):
    end -= length
    places[name] = (end, length)
library = places["library"][0]


def at(name):
    return places[name][0]


def overlay(fields):
    page = bytearray(P)
    for offset, content in fields.items():
        page[offset : offset + len(content)] = content
    return bytes(page)


pages = []


def add(base, kind, content):
    for i in range(0, len(content), P):
        pages.append((base + i, kind, content[i : i + P].ljust(P, b"\0")))


add(at("manifest"), REG | R, text)
add(at("ssa"), REG | R | W, bytes(places["ssa"][1]))
for t in range(threads):
    frame = at("ssa") + t * 8 * P
    add(
        at("tcs") + t * P,
        TCS,
        overlay(
            {
                0x10: num(frame),
                0x1C: num(2, 4),
                0x20: num(library + entry),
                0x38: num(at("own") + t * P),
                0x40: num(0xFFF, 4) + num(0xFFF, 4),
            }
        ),
    )
for t in range(threads):
    frame = at("ssa") + t * 8 * P
    stack, signals = places[("stack", t)], places[("signals", t)]
    add(
        at("own") + t * P,
        REG | R | W,
        overlay(
            {
                0x000: num(at("own") + t * P) + num(0xBADBADBADBAD),
                0x110: num(size) + num(at("tcs") + t * P) + num(sum(stack)),
                0x130: num(signals[0]) + num(sum(signals)),
                0x148: num(frame) + num(frame + 4 * P - 184),
                0x1A0: num(len(text)) + num(0x10000) + num(library),
            }
        ),
    )
for name in ("stack", "signals"):
    for t in range(threads):
        add(at((name, t)), REG | R | W, bytes(places[(name, t)][1]))
for address, content, kind in loads:
    lead = address % P
    add(library + address - lead, kind, bytes(lead) + content)

h = hashlib.sha256((b"ECREATE\0" + num(4, 4) + num(size)).ljust(64, b"\0"))
for address, kind, content in pages:
    h.update((b"EADD\0\0\0\0" + num(address) + num(kind)).ljust(64, b"\0"))
    for i in range(0, P, 256):
        h.update((b"EEXTEND\0" + num(address + i)).ljust(64, b"\0") + content[i : i + 256])
if memory == "static":
    for address in range(0x10000, library, P):
        h.update((b"EADD\0\0\0\0" + num(address) + num(REG | R | W | X)).ljust(64, b"\0"))
print(h.hexdigest())
