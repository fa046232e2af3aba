package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The QE identity of an Intel-like manufacturer. Not thread-safe.
public final class QeIdentityMaker {
  private final boolean tdx;
  private final SignedJsonMaker json = new SignedJsonMaker();
  private Map<Integer, String> levels = Map.of(4, "UpToDate");
  private Instant from = IntelPlatformMaker.AT.minusSeconds(86_400);
  private Instant until = IntelPlatformMaker.AT.plusSeconds(86_400 * 29L);
  private Optional<SigningKey> signer = Optional.empty();

  /// Starts with one level, which is up to date.
  public QeIdentityMaker(boolean tdx) {
    this.tdx = tdx;
  }

  /// Changes the levels.
  ///
  /// @param statuses by version
  public QeIdentityMaker levels(Map<Integer, String> statuses) {
    levels = Map.copyOf(statuses);
    return this;
  }

  /// Changes `issueDate`.
  public QeIdentityMaker from(Instant instant) {
    from = instant;
    return this;
  }

  /// Changes `nextUpdate`.
  public QeIdentityMaker until(Instant instant) {
    until = instant;
    return this;
  }

  /// Changes the key that signs it.
  public QeIdentityMaker signedBy(SigningKey other) {
    signer = Optional.of(other);
    return this;
  }

  /// Changes the text of the object before it is signed.
  public QeIdentityMaker edit(UnaryOperator<String> change) {
    json.edit(change);
    return this;
  }

  /// Changes the text of the reply after it is signed.
  public QeIdentityMaker editReply(UnaryOperator<String> change) {
    json.editReply(change);
    return this;
  }

  Octets make(SigningKey key) {
    return json.make("enclaveIdentity", text(), signer.orElse(key));
  }

  /// Returns the text of the object, before it is edited and signed.
  public String text() {
    var all = new ArrayList<JsonValue>();
    levels.forEach((svn, status) -> all.add(TcbLevelMaker.svnLevel(svn, status)));
    var object =
        new JsonBuilder()
            .put("id", tdx ? "TD_QE" : "QE")
            .put("version", 2)
            .put("issueDate", from.toString())
            .put("nextUpdate", until.toString())
            .put("tcbEvaluationDataNumber", 21)
            .put("miscselect", "00000000")
            .put("miscselectMask", "FFFFFFFF")
            .put("attributes", "11" + "00".repeat(15))
            .put("attributesMask", "FBFFFFFFFFFFFFFF" + "00".repeat(8))
            .put("mrsigner", QuoteMaker.QE_SIGNER)
            .put("isvprodid", tdx ? 2 : 1)
            .put("tcbLevels", new JsonArray(all))
            .build();
    return Json.writeText(object);
  }
}
