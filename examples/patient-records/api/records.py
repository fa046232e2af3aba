"""The routes of the patient-records service, for any Redis client."""

import json
import re

import redis
from flask import Flask, abort, jsonify, request
from werkzeug.serving import make_server

PATIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
FIELDS = ("name", "born", "address", "insurance", "allergies", "conditions")
MAX_RECORD_BYTES = 64 * 1024

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = MAX_RECORD_BYTES
store = None


def serve(redis_client, **options):
    """Answers requests on port 4996 until the process is stopped."""
    global store
    store = redis_client
    # Not app.run(): it opens a UDP socket to print its own address, which this service may not do.
    make_server("0.0.0.0", 4996, app, threaded=True, **options).serve_forever()


def key_of(patient_id):
    """The Redis key of a patient, or 400 if the id is invalid."""
    if not PATIENT_ID.fullmatch(patient_id):
        abort(400, "a patient id has 1 to 64 letters, digits, '-' or '_'")
    return "patient:" + patient_id


def load(patient_id):
    """The stored record, or 404."""
    stored = store.get(key_of(patient_id))
    if stored is None:
        abort(404, f"no patient {patient_id}")
    return json.loads(stored)


@app.post("/patient/<string:patient_id>")
def store_patient(patient_id):
    sent = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    if not isinstance(sent, dict) or not sent:
        abort(400, "send the record as JSON or as form fields")
    unknown = sorted(set(sent) - set(FIELDS))
    if unknown:
        abort(400, f"unknown fields: {', '.join(unknown)}; known: {', '.join(FIELDS)}")
    created = store.set(key_of(patient_id), json.dumps(sent), get=True) is None
    return jsonify(id=patient_id, **sent), 201 if created else 200


@app.get("/patient/<string:patient_id>")
def show_patient(patient_id):
    return jsonify(id=patient_id, **load(patient_id))


@app.get("/score/<string:patient_id>")
def show_score(patient_id):
    """Ten points, less two for each known condition and one for each allergy, at least zero."""
    record = load(patient_id)
    burden = 2 * count(record.get("conditions")) + count(record.get("allergies"))
    return jsonify(id=patient_id, score=max(0, 10 - burden))


def count(listed):
    """The number of entries in a list or a comma-separated text."""
    if isinstance(listed, list):
        return len(listed)
    return len([entry for entry in (listed or "").split(",") if entry.strip()])


@app.errorhandler(redis.RedisError)
def redis_failed(error):
    app.logger.error("redis: %s", error)
    return jsonify(error="the record store cannot be reached"), 503


for code in (400, 404, 405, 413, 415):
    app.register_error_handler(code, lambda error: (jsonify(error=error.description), error.code))
