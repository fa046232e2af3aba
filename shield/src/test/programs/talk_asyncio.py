"""Echoes and compares with asyncio.

serve <port> <connections>
call <port> <connections> <bytes>
"""
import asyncio
import hashlib
import random
import sys


async def serve(port, connections):
    left, ended = connections, asyncio.Event()

    async def echo(reader, writer):
        nonlocal left
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        left -= 1
        if left == 0:
            ended.set()

    async with await asyncio.start_server(echo, "127.0.0.1", port, backlog=512):
        await ended.wait()
    print("served", connections)


async def call_one(port, size, seed):
    data = random.Random(seed).randbytes(size)
    back = hashlib.sha256()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert writer.get_extra_info("peername") == ("127.0.0.1", port)

    async def send():
        for start in range(0, size, 30000):
            writer.write(data[start : start + 30000])
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    while block := await reader.read(65536):
        back.update(block)
    await sending
    writer.close()
    await writer.wait_closed()
    assert back.digest() == hashlib.sha256(data).digest(), "other bytes came back"


async def call(port, connections, size):
    await asyncio.gather(*(call_one(port, size, i) for i in range(connections)))
    print("carried %d x %d" % (connections, size))


asyncio.run({"serve": serve, "call": call}[sys.argv[1]](*map(int, sys.argv[2:])))
