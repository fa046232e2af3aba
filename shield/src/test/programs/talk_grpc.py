"""gRPC both ways, without generated code: messages are bytes. `serve PORT` or `call PORT`."""
import hashlib
import sys
import threading
from concurrent import futures

import grpc

CALLS = 40
STREAMED = 100
MESSAGE = 100_000
LIMIT_S = 200


def message(seed, size=MESSAGE):
    return hashlib.shake_128(str(seed).encode()).digest(size)


def digest(request, context):
    return hashlib.sha256(request).digest()


def many(request, context):
    for i in range(int(request)):
        yield message(i)


def sum_up(requests, context):
    whole = hashlib.sha256()
    for request in requests:
        whole.update(request)
    return whole.digest()


def echo(requests, context):
    for request in requests:
        yield request


def wait(request, context):
    gone = threading.Event()
    context.add_callback(gone.set)
    gone.wait(LIMIT_S)
    return b""


def refuse(request, context):
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "refused by the service")


def serve(port):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    methods = {
        "digest": grpc.unary_unary_rpc_method_handler(digest),
        "many": grpc.unary_stream_rpc_method_handler(many),
        "sum": grpc.stream_unary_rpc_method_handler(sum_up),
        "echo": grpc.stream_stream_rpc_method_handler(echo),
        "wait": grpc.unary_unary_rpc_method_handler(wait),
        "refuse": grpc.unary_unary_rpc_method_handler(refuse),
        "who": grpc.unary_unary_rpc_method_handler(lambda _, context: context.peer().encode()),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("story.Story", methods),))
    assert server.add_insecure_port(f"127.0.0.1:{port}") == port
    server.start()
    print("serving", flush=True)
    server.wait_for_termination()


def call(port):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        unary = channel.unary_unary("/story.Story/digest")
        waiting = [unary.future(message(i), timeout=LIMIT_S) for i in range(CALLS)]
        for i, answer in enumerate(waiting):
            assert answer.result() == hashlib.sha256(message(i)).digest(), i
        received = channel.unary_stream("/story.Story/many")(str(STREAMED).encode(), timeout=LIMIT_S)
        assert [message(i) for i in range(STREAMED)] == list(received)
        whole = hashlib.sha256(b"".join(message(i) for i in range(STREAMED))).digest()
        sent = (message(i) for i in range(STREAMED))
        assert channel.stream_unary("/story.Story/sum")(sent, timeout=LIMIT_S) == whole
        sent = (message(i) for i in range(STREAMED))
        for i, answer in enumerate(channel.stream_stream("/story.Story/echo")(sent, timeout=LIMIT_S)):
            assert answer == message(i), i
        assert i == STREAMED - 1
        fails(channel, "refuse", grpc.StatusCode.PERMISSION_DENIED, LIMIT_S)
        fails(channel, "wait", grpc.StatusCode.DEADLINE_EXCEEDED, 1)
        peer = channel.unary_unary("/story.Story/who")(b"", timeout=LIMIT_S).decode()
        assert peer.startswith("ipv4:127.0.0.1:"), peer
    print("called", CALLS, "times and streamed", STREAMED, "messages each way")


def fails(channel, method, code, limit):
    try:
        channel.unary_unary("/story.Story/" + method)(b"", timeout=limit)
    except grpc.RpcError as error:
        assert error.code() == code, error
    else:
        raise AssertionError(method + " did not fail")


{"serve": serve, "call": call}[sys.argv[1]](int(sys.argv[2]))
