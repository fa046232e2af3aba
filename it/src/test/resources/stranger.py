"""A stranger on the network: a key of its own, and whatever it was told about a service.

usage: stranger.py HOST PORT FOLDER SERVICE IMAGE MACHINE [TOKEN]

Attests with software evidence (the measurements of IMAGE and MACHINE) and prints the status and the answer of CAS. FOLDER holds `key.pem`, `cert.pem` and
`public.der` of the stranger's key.
"""
import hashlib
import http.client
import json
import ssl
import sys

host, port, folder, service, image, machine = sys.argv[1:7]
token = sys.argv[7] if len(sys.argv) > 7 else None

tls = ssl.create_default_context()
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE
tls.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")


def post(path, body):
    connection = http.client.HTTPSConnection(host, int(port), context=tls, timeout=120)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


_, nonce = post("/v1/attestation/nonce", b"")
nonce = json.loads(nonce)["nonce"]
with open(folder + "/public.der", "rb") as file:
    report = hashlib.sha512(file.read() + bytes.fromhex(nonce)).hexdigest()
request = {
    "service": service,
    "nonce": nonce,
    "evidence": {"kind": "software", "image": image, "machine": machine, "report_data": report},
}
if token is not None:
    request["token"] = token
print(*post("/v1/attestation", json.dumps(request).encode()))
