"""Many threads connect and echo until that is no longer possible; each says how its work ended. Arguments: address, port, the word to send."""
import errno, os, socket, sys, threading

to, word = (sys.argv[1], int(sys.argv[2])), sys.argv[3].encode()
rounds = [0]
counting = threading.Lock()

def say(line):
    # In one call: several threads may speak at once.
    os.write(1, (line + "\n").encode())

def count():
    with counting:
        rounds[0] += 1
        if rounds[0] == 50:
            say("busy")
        return rounds[0]

def work():
    s = None
    ends = []
    while True:
        try:
            if s is None:
                s = socket.socket()
                s.connect(to)
            s.sendall(word)
            got = b""
            while len(got) < len(word):
                part = s.recv(100)
                if not part:
                    ends.append("a proper end")
                    break
                got += part
            else:
                if count() % 7 == 0:
                    s.close()
                    s = None
                continue
        except OSError as e:
            ends.append(errno.errorcode.get(e.errno, str(e)))
            if e.errno == errno.ENOSYS:
                break
        if s is not None:
            s.close()
        s = None
    say(" ".join(["ended:", *ends]))

threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
say("all ended")
