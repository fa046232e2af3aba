package dev.testudo.cli.kata;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.MessageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Judges requests as Kata's agent does: by our evaluator, and by Open Policy Agent where it is
/// installed. Both must agree.
final class PolicyJudge {
  private static final Optional<Path> OPA = opa();

  private final AgentPolicy policy;
  private final Rego.Module module;

  private PolicyJudge(AgentPolicy policy) {
    this.policy = policy;
    this.module = RegoParser.read(policy.text());
  }

  static PolicyJudge of(AgentPolicy policy) {
    return new PolicyJudge(policy);
  }

  /// Returns whether a request is permitted.
  ///
  /// @param input the request as JSON
  boolean permits(String request, String input) {
    try {
      var ours =
          new RegoEvaluator(module, Json.read(input.getBytes(UTF_8), 1 << 20)).permits(request);
      if (OPA.isPresent() && theirs(OPA.get(), request, input) != ours) {
        throw new AssertionError("opa decides otherwise about " + request + ": " + input);
      }
      return ours;
    } catch (MessageException e) {
      throw new IllegalArgumentException(input, e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private boolean theirs(Path opa, String request, String input) throws IOException {
    var rules = Files.createTempFile("policy", ".rego");
    var asked = Files.createTempFile("input", ".json");
    try {
      Files.writeString(rules, policy.text());
      Files.writeString(asked, input);
      var process =
          new ProcessBuilder(
                  opa.toString(),
                  "eval",
                  "--format=raw",
                  "--data=" + rules,
                  "--input=" + asked,
                  "data.agent_policy." + request)
              .redirectErrorStream(true)
              .start();
      var out = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return switch (out) {
        case "true" -> true;
        case "false", "" -> false;
        default -> throw new AssertionError("opa says " + out);
      };
    } finally {
      Files.delete(rules);
      Files.delete(asked);
    }
  }

  private static Optional<Path> opa() {
    var found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "opa"))
            .filter(Files::isExecutable)
            .findFirst();
    if (found.isEmpty()) {
      System.out.println("opa is not installed, so only our evaluator judges agent policies");
    }
    return found;
  }
}
