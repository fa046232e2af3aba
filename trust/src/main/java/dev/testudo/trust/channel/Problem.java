package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.List;

/// Why CAS did not do what it was asked.
///
/// @param id stable name in kebab case
/// @param message one sentence for a person
/// @param problems each mistake or unmet condition, rendered; several lines each
/// @param request names the request in the logs of CAS
public record Problem(String id, String message, List<String> problems, String request) {
  /// Longest encoded problem, in bytes.
  public static final int LIMIT = 1 << 20;

  /// Copies the list.
  public Problem {
    problems = List.copyOf(problems);
  }

  /// As JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder()
            .put("error", id)
            .put("message", message)
            .put("problems", problems)
            .put("request", request)
            .build());
  }

  /// Reads what [#encode()] wrote.
  public static Problem decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "error");
    var problem =
        new Problem(
            fields.text("error"),
            fields.text("message"),
            fields.texts("problems"),
            fields.text("request"));
    fields.done();
    return problem;
  }

  /// Message and details as a person reads them.
  public String text() {
    return problems.isEmpty() ? message : message + "\n" + String.join("\n", problems);
  }
}
