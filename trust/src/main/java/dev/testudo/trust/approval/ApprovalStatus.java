package dev.testudo.trust.approval;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What CAS says of a bundle: who has signed, who is missing, and whether CAS would register it.
///
/// @param refusal the id of the refusal with which CAS would answer now; absent if it would accept
/// @param message the refusal for people; present exactly if `refusal` is
/// @param rule who must agree; absent if nobody's agreement is needed or CAS refuses before that
public record ApprovalStatus(
    String session,
    String hash,
    Optional<String> refusal,
    Optional<String> message,
    List<Signature> signatures,
    Optional<Requirement> rule) {
  private static final int LIMIT = 256 << 10;

  /// One signature of a bundle.
  ///
  /// @param signer the hash of the key; absent if the key cannot be read
  /// @param valid true if the key has signed exactly this change
  /// @param named true if the rule names the key, so that the signature counts
  public record Signature(Optional<String> signer, boolean valid, boolean named) {}

  /// Copies the list.
  public ApprovalStatus {
    signatures = List.copyOf(signatures);
  }

  /// Encodes the status as JSON.
  public byte[] encode() {
    return Json.write(json());
  }

  /// Returns the status as JSON.
  public JsonValue json() {
    var list =
        signatures.stream()
            .<JsonValue>map(
                one ->
                    new JsonBuilder()
                        .put("signer", one.signer())
                        .put("valid", one.valid())
                        .put("named", one.named())
                        .build())
            .toList();
    var json =
        new JsonBuilder()
            .put("session", session)
            .put("hash", hash)
            .put("ready", refusal.isEmpty())
            .put("refusal", refusal)
            .put("message", message)
            .put("signatures", new JsonArray(list));
    rule.ifPresent(requirement -> json.put("rule", requirement.json()));
    return json.build();
  }

  /// Decodes the result of [#encode()].
  public static ApprovalStatus decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "status");
    fields.bool("ready");
    var signatures = new ArrayList<Signature>();
    for (var element : fields.array("signatures")) {
      var one = JsonMembers.of(element, "signature");
      signatures.add(
          new Signature(one.optionalText("signer"), one.bool("valid"), one.bool("named")));
      one.done();
    }
    var rule = fields.optional("rule");
    var status =
        new ApprovalStatus(
            fields.text("session"),
            fields.text("hash"),
            fields.optionalText("refusal"),
            fields.optionalText("message"),
            signatures,
            rule.isEmpty() ? Optional.empty() : Optional.of(Requirement.read(rule.get())));
    fields.done();
    return status;
  }
}
