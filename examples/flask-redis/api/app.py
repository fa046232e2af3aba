"""Patient records over HTTP, stored in Redis. Plain HTTP and plain Redis: the shield adds TLS."""

import json
import os

import redis
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

app = Flask(__name__)
store = redis.Redis(host="redis", port=6379, password=os.environ["REDIS_PASSWORD"])


@app.post("/patient/<patient_id>")
def store_patient(patient_id):
    record = request.form.to_dict()
    store.set("patient:" + patient_id, json.dumps(record))
    return jsonify(id=patient_id, **record), 201


@app.get("/patient/<patient_id>")
def show_patient(patient_id):
    record = store.get("patient:" + patient_id)
    if record is None:
        return jsonify(error="no such patient"), 404
    return jsonify(id=patient_id, **json.loads(record))


@app.get("/score/<patient_id>")
def show_score(patient_id):
    record = store.get("patient:" + patient_id)
    if record is None:
        return jsonify(error="no such patient"), 404
    conditions = json.loads(record).get("conditions", "").split()
    return jsonify(id=patient_id, score=max(0, 10 - 2 * len(conditions)))


# Not app.run(): it opens a UDP socket to print its own address, which no rule of the shield allows.
make_server("0.0.0.0", 4996, app, threaded=True).serve_forever()
