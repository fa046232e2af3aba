"""Clients that connect all at once to a server that sends back, and stay until there is a certain file. One that finds no descriptor tries again. Arguments: a port, how many clients, the file."""
import errno, os, socket, sys, threading, time

port, clients, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def connected():
    while True:
        s = socket.socket()
        try:
            s.connect(("127.0.0.1", port))
            return s
        except OSError as e:
            s.close()
            if e.errno != errno.EMFILE:
                raise
            time.sleep(0.3)

served = []

def client():
    s = connected()
    s.sendall(b"hello")
    assert s.recv(5) == b"hello"
    served.append(1)
    while not os.path.exists(file):
        time.sleep(0.05)
    s.close()

threads = [threading.Thread(target=client) for _ in range(clients)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("served", len(served))
