package dev.testudo.trust.channel;

import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A client of a CAS that is the witness of another one. Methods throw [CasException] if the
/// witness refuses; any other [IOException] means that it cannot be reached within a few seconds,
/// or does not have the pinned key.
public final class WitnessClient implements AutoCloseable {
  private static final String PATH = "/v1/witness";
  private static final int LIMIT = 1024;

  /// How long a request may take. Every caller of the CAS that asks waits that long.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CasHttp http;

  /// Creates a client of the witness at `address` with the key `pin`. Sends nothing yet.
  ///
  /// @param me the CAS whose head the witness keeps
  public WitnessClient(CasAddress address, KeyHash pin, Identity me) {
    this.http = new CasHttp(address, pin, me, PATIENCE, Configuration.LIMIT);
  }

  /// Returns the head that the witness has.
  public Optional<AnchoredHead> head() throws IOException {
    var answer = http.get(PATH);
    try {
      var fields = JsonMembers.read(answer, LIMIT, "answer");
      var text = fields.optionalText("head");
      if (text.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          AnchoredHead.parse(text.get()).orElseThrow(() -> fields.wrong("head", "NUMBER:HASH")));
    } catch (MessageException e) {
      throw new IOException("the witness answered with something else: " + e.getMessage(), e);
    }
  }

  /// Gives the witness another head. Has no effect if it has that head already.
  public void put(WitnessedHead head) throws IOException {
    http.put(PATH, "application/json", head.encode());
  }

  @Override
  public void close() {
    http.close();
  }
}
