package dev.testudo.cas.http;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;

/// What goes back: a status and a body.
final class Answer {
  static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4";

  private final int status;
  private final String type;
  private final byte[] body;

  private Answer(int status, String type, byte[] body) {
    this.status = status;
    this.type = type;
    this.body = body;
  }

  Answer(int status, byte[] json) {
    this(status, JSON, json);
  }

  static Answer ok(JsonBuilder json) {
    return new Answer(200, Json.write(json.build()));
  }

  static Answer metrics(byte[] text) {
    return new Answer(200, METRICS, text);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  byte[] body() {
    return body;
  }
}
