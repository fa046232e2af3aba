"""Fetches `large` by a passive transfer, but connects only once a file exists: `PORT FILE`."""
import ftplib
import hashlib
import os
import socket
import sys
import time

ftp = ftplib.FTP()
ftp.connect("127.0.0.1", int(sys.argv[1]))
ftp.login()
ftp.voidcmd("TYPE I")
address = ftp.makepasv()
print("data port", address[1])
while not os.path.exists(sys.argv[2]):
    time.sleep(0.05)
with socket.create_connection(address) as data:
    assert ftp.sendcmd("RETR large").startswith("150")
    content = b"".join(iter(lambda: data.recv(1 << 16), b""))
ftp.voidresp()
print("got", hashlib.sha256(content).hexdigest())
