package dev.testudo.cas.http;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;

/// An HTTP answer: a status and a body.
final class HttpAnswer {
  static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4";

  private final int status;
  private final String type;
  private final byte[] body;

  HttpAnswer(int status, String type, byte[] body) {
    this.status = status;
    this.type = type;
    this.body = body;
  }

  HttpAnswer(int status, byte[] json) {
    this(status, JSON, json);
  }

  static HttpAnswer ok(JsonBuilder json) {
    return new HttpAnswer(200, Json.write(json.build()));
  }

  static HttpAnswer metrics(byte[] text) {
    return new HttpAnswer(200, METRICS, text);
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
