"""A CAS to measure, and what the measurements have in common."""

import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
IMAGE, MACHINE, TOKEN = "ab" * 32, "cd" * 32, "known-to-the-bench"

SECRETS = """
  - {name: password, kind: ascii, size: 32}
  - {name: token, kind: ascii}
  - {name: seed, kind: binary, size: 32}
  - {name: salt, kind: binary}
  - {name: ca_key, kind: private-key}
  - {name: ca, kind: x509-ca, private_key: ca_key, common_name: bench CA}
  - {name: server_key, kind: private-key}
  - {name: server, kind: x509, private_key: server_key, issuer: ca, dns: [app.example.org], endpoint: server}
  - {name: client_key, kind: private-key}
  - {name: client, kind: x509, private_key: client_key, issuer: ca, san: ["dns:app.example.org"], endpoint: client}
"""


def session(name):
    """Returns a session with ten secrets and a service `app` that gets them all, with software evidence and a token."""
    combined = hashlib.sha256(b"testudo-measurement-v2\n" + bytes.fromhex(IMAGE) + bytes.fromhex(MACHINE)).hexdigest()
    return session_for(name, f"mrenclave: {combined}", f"""
  attestation: {{tolerate: [software-evidence]}}
  service_access_token: {TOKEN}""")


def session_for(name, rule, security):
    """Returns a session with ten secrets and a service `app` that gets them all."""
    return f"""name: {name}
version: 0.3.10
security:{security}
secrets: {SECRETS}
images:
  - name: app
    injection_files:
      - {{path: /tls/server.pem, content: "$$SCONE::server_key$$$$SCONE::server:crt$$$$SCONE::server:chain$$"}}
      - {{path: /tls/client.pem, content: "$$SCONE::client_key$$$$SCONE::client:crt$$"}}
      - {{path: /tls/ca.pem, content: "$$SCONE::ca:crt$$"}}
services:
  - name: app
    image_name: app
    command: [app, --verbose]
    environment:
      PASSWORD: $$SCONE::password$$
      TOKEN: $$SCONE::token$$
      SEED: $$SCONE::seed:hex$$
      SALT: $$SCONE::salt:base64$$
    attestation:
      - {rule}
"""


def build(name, folder):
    """Builds a load generator and returns its path."""
    load = os.path.join(folder, name)
    subprocess.run(["go", "build", "-o", load, str(HERE / f"{name}.go"), str(HERE / "agent.go")], check=True)
    return load


class Owner:
    """The key that owns the sessions, in a configuration directory of its own."""

    def __init__(self, testudo, folder):
        def identity(*words):
            return subprocess.run([testudo, "identity", *words], check=True, env=os.environ | {"XDG_CONFIG_HOME": folder},
                                  stdout=subprocess.PIPE, text=True).stdout
        identity("create")
        self.key_hash = identity("show", "--key-hash").strip()
        self.identity = os.path.join(folder, "testudo", "identity.pem")


class Cas:
    """A running CAS."""

    def __init__(self, process, started, seconds):
        self.pid, self.address, self.key_hash = process.pid, started["listening"], started["key_hash"]
        self.seconds = seconds

    def cpu(self):
        """Returns the CPU seconds that the process has used."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, field):
        """Returns a field of /proc/PID/status in MiB: VmRSS now, or VmHWM at most."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) >> 10 for line in status if line.startswith(field + ":"))


@contextlib.contextmanager
def serving(testudo, state, owner, *options):
    """Starts a CAS and ends it; `seconds` of it is the time until it listened."""
    command = [testudo, "cas", "serve", "--state", state, "--listen", "127.0.0.1:0", "--owner", owner.key_hash,
               "--exit-with-stdin", *options]
    begin = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Cas(process, json.loads(process.stdout.readline()), time.monotonic() - begin)
        finally:
            process.stdin.close()


def measured(cas, *command):
    """Runs a load generator; returns what it printed and the CPU seconds of CAS meanwhile."""
    before = cas.cpu()
    ran = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout) | {"cpu": cas.cpu() - before}
