package dev.testudo.cas.http;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;

/// What goes back: a status and JSON.
final class Answer {
  private final int status;
  private final byte[] json;

  Answer(int status, byte[] json) {
    this.status = status;
    this.json = json;
  }

  static Answer ok(JsonBuilder json) {
    return new Answer(200, Json.write(json.build()));
  }

  int status() {
    return status;
  }

  byte[] json() {
    return json;
  }
}
