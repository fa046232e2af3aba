"""asyncio over a Unix socket. Arguments: `server`, the path; or `client`, the path, how many connections at once."""
import asyncio, sys

path = sys.argv[2]

async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def server():
    server = await asyncio.start_unix_server(echo, path)
    print("listening", flush=True)
    await server.serve_forever()

async def one(i):
    reader, writer = await asyncio.open_unix_connection(path)
    for size in (1, 1000, 200000):
        text = bytes([i % 256]) * size
        writer.write(text)
        assert await reader.readexactly(size) == text
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()

async def client():
    await asyncio.gather(*(one(i) for i in range(int(sys.argv[3]))))
    print("done", flush=True)

asyncio.run(server() if sys.argv[1] == "server" else client())
