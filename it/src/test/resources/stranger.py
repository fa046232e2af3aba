"""A stranger on the network: a key of its own, and whatever it was told about a service.

usage: stranger.py HOST PORT FOLDER SERVICE MEASUREMENT [TOKEN]

Attests with software evidence and prints the status and the answer of CAS. FOLDER holds `key.pem`, `cert.pem` and
`public.der` of the stranger's key.
"""
import hashlib
import http.client
import json
import ssl
import sys

host, port, folder, service, measurement = sys.argv[1:6]
token = sys.argv[6] if len(sys.argv) > 6 else None

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
    "evidence": {"kind": "software", "measurement": measurement, "report_data": report},
}
if token is not None:
    request["token"] = token
print(*post("/v1/attestation", json.dumps(request).encode()))
