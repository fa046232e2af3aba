"""A D-Bus daemon and two clients in two processes, each of which asks the daemon for the process of the other. Argument: a folder."""
import os, socket, struct, subprocess, sys, time

folder = sys.argv[1]
path = folder + "/bus"
CONFIGURATION = """<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
METHOD_CALL, METHOD_RETURN, ERROR = 1, 2, 3


def padded(data, to):
    return data + b"\0" * (-len(data) % to)


def string(text):
    return struct.pack("<I", len(text)) + text.encode() + b"\0"


def field(code, kind, text):
    value = bytes([len(text)]) + text.encode() + b"\0" if kind == "g" else string(text)
    return bytes([code, 1]) + kind.encode() + b"\0" + value


class Client:
    """As much of the D-Bus specification as two calls need."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rwb")
        self.stream.write(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        self.stream.flush()
        answer = self.stream.readline()
        assert answer.startswith(b"OK "), answer
        self.stream.write(b"BEGIN\r\n")
        self.serial = 0
        self.name = self.call("Hello")[4:-1].decode()

    def call(self, member, argument=None):
        self.serial += 1
        fields = [(1, "o", "/org/freedesktop/DBus"), (2, "s", "org.freedesktop.DBus"), (3, "s", member), (6, "s", "org.freedesktop.DBus")]
        body = b"" if argument is None else string(argument)
        if argument is not None:
            fields.append((8, "g", "s"))
        array = b""
        for one in fields:
            array = padded(array, 8) + field(*one)
        header = b"l" + bytes([METHOD_CALL, 0, 1]) + struct.pack("<III", len(body), self.serial, len(array))
        self.stream.write(padded(header + array, 8) + body)
        self.stream.flush()
        while True:
            start = self.stream.read(16)
            length, _, fields = struct.unpack("<III", start[4:])
            self.stream.read(fields + -fields % 8)
            body = self.stream.read(length)
            assert start[1] != ERROR, body
            if start[1] == METHOD_RETURN:
                return body


def client(write, read):
    """Tells its name and process, hears the other's, and asks for that one."""
    me = Client()
    heard = os.fdopen(read, "rb")
    os.write(write, b"%s %d\n" % (me.name.encode(), os.getpid()))
    name, process = heard.readline().split()
    told = struct.unpack("<I", me.call("GetConnectionUnixProcessID", name.decode()))[0]
    assert told == int(process), "the daemon says %d, it is %d" % (told, int(process))
    user = struct.unpack("<I", me.call("GetConnectionUnixUser", name.decode()))[0]
    assert user == os.getuid(), user
    os.write(write, b"done\n")
    assert heard.readline() == b"done\n", "the other client has failed"


with open(folder + "/bus.conf", "w") as configuration:
    configuration.write(CONFIGURATION % path)
daemon = subprocess.Popen(["dbus-daemon", "--nofork", "--config-file=" + folder + "/bus.conf"], stderr=subprocess.DEVNULL)
end = time.monotonic() + 60
while socket.socket(socket.AF_UNIX).connect_ex(path) != 0:
    assert time.monotonic() < end and daemon.poll() is None, "the daemon does not listen"
    time.sleep(0.05)
one, other = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    os.close(other[1])
    client(one[1], other[0])
    os._exit(0)
os.close(one[1])
client(other[1], one[0])
assert os.waitpid(child, 0)[1] == 0
daemon.terminate()
daemon.wait()
print("each client's process is known")
