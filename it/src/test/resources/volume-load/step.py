# Writes one number after the other to a file in the volume: step.py CONTROL
#
# Each number waits until the folder CONTROL has a file of that name. Afterwards, the program says the number, and when
# it began to write it.
import errno
import os
import sys
import time

PATH = "/data/number"


def say(text):
    os.write(1, (text + "\n").encode())


def write(number):
    descriptor = os.open(PATH, os.O_WRONLY | os.O_CREAT)
    try:
        os.pwrite(descriptor, b"%08d" % number, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


number = int(open(PATH).read()) if os.path.exists(PATH) else 0
say("has %d" % number)
while True:
    while not os.path.exists("%s/%d" % (sys.argv[1], number + 1)) and not os.path.exists(sys.argv[1] + "/all"):
        time.sleep(0.02)
    try:
        begun = time.monotonic_ns()
        write(number + 1)
        number += 1
        say("began %d" % begun)
        say(str(number))
    except OSError as e:
        say("failed with " + errno.errorcode[e.errno])
        time.sleep(0.2)
