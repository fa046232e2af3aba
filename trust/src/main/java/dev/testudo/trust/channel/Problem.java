package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.util.List;

/// The reason why CAS did not do what a request asked.
///
/// @param id the stable name in kebab case
/// @param message one sentence for people
/// @param problems each error or unmet condition as text, possibly of several lines
/// @param request the id of the request in the logs of CAS
public record Problem(String id, String message, List<String> problems, String request) {
  /// The longest encoded problem, in bytes.
  public static final int LIMIT = 1 << 20;

  /// Copies the list.
  public Problem {
    problems = List.copyOf(problems);
  }

  /// Encodes the problem as JSON.
  public byte[] encode() {
    return Json.write(
        new JsonBuilder()
            .put("error", id)
            .put("message", message)
            .put("problems", problems)
            .put("request", request)
            .build());
  }

  /// Decodes the result of [#encode()].
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

  /// Returns the message and the details as text for people.
  public String text() {
    return problems.isEmpty() ? message : message + "\n" + String.join("\n", problems);
  }
}
