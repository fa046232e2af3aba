package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;

/// The address and the key of a running CAS.
public record RunningCas(CasAddress address, KeyHash key) {
  private static final int LIMIT = 4096;

  /// Parses the line that `testudo cas serve` prints once it is ready.
  static RunningCas parse(String line) throws MessageException {
    var fields = JsonMembers.read(line.getBytes(UTF_8), LIMIT, "ready");
    var cas = from(fields, "listening");
    fields.done();
    return cas;
  }

  /// Returns an object with both values, to which others can be added.
  public JsonBuilder json() {
    return new JsonBuilder().put("address", address.toString()).put("key_hash", key.text());
  }

  /// Reads both values from an object.
  static RunningCas from(JsonMembers fields, String addressName) throws MessageException {
    var address = CasAddress.parse(fields.text(addressName));
    var key = KeyHash.parse(fields.text("key_hash"));
    return new RunningCas(
        address.orElseThrow(() -> fields.wrong(addressName, "an address")),
        key.orElseThrow(() -> fields.wrong("key_hash", "a key hash")));
  }
}
