package dev.testudo.fuzz;

import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.Problem;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.MessageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bodies of requests and answers, and the files in JSON. What is wrong with them is a
/// [MessageException]; what is accepted can be written and read again.
public final class MessageTarget {
  private MessageTarget() {}

  private interface Reading {
    void run() throws MessageException;
  }

  /// Reads one input as each of them.
  public static void fuzzerTestOneInput(byte[] input) {
    tolerant(
        () -> {
          var written = Json.write(Json.read(input, 1 << 20));
          if (!Arrays.equals(written, Json.write(Json.read(written, 1 << 21)))) {
            throw new AssertionError("JSON changes when it is read and written again");
          }
        });
    tolerant(() -> AttestationRequest.decode(input));
    tolerant(() -> Configuration.decode(input).close());
    tolerant(() -> JoinTokenOrder.decode(input));
    tolerant(() -> Problem.decode(input));
    tolerant(() -> RefusalReport.decode(input));
    tolerant(() -> SessionBundle.decode(input));
    tolerant(() -> AgentEvents.parse(new String(input, StandardCharsets.UTF_8)));
  }

  private static void tolerant(Reading reading) {
    try {
      reading.run();
    } catch (MessageException e) {
      // That is the answer to a damaged input.
    }
  }
}
