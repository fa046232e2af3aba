package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// TCB info of an Intel-like manufacturer. Not thread-safe.
public final class TcbInfoMaker {
  private final boolean tdx;
  private final SignedJsonMaker json = new SignedJsonMaker();
  private final List<TcbLevelMaker> levels = new ArrayList<>();
  private final Map<String, Map<Integer, String>> modules = new LinkedHashMap<>();
  private Instant from = IntelPlatformMaker.AT.minusSeconds(86_400);
  private Instant until = IntelPlatformMaker.AT.plusSeconds(86_400 * 29L);
  private int evaluationNumber = 20;
  private int version = 3;
  private String fmspc;
  private Optional<SigningKey> signer = Optional.empty();

  /// Starts with a level that is up to date, and a lower one.
  public TcbInfoMaker(boolean tdx, String fmspc) {
    this.tdx = tdx;
    this.fmspc = fmspc;
    levels("UpToDate");
    module("TDX_01", Map.of(3, "UpToDate"));
  }

  /// Changes the levels: one that the platform has, and a lower one that is out of date.
  public TcbInfoMaker levels(String status) {
    return levels(
        List.of(TcbLevelMaker.of(5, 10, tdx, status), TcbLevelMaker.of(3, 8, tdx, "OutOfDate")));
  }

  /// Changes the levels.
  public TcbInfoMaker levels(List<TcbLevelMaker> all) {
    levels.clear();
    levels.addAll(all);
    return this;
  }

  /// Adds a TDX module, or changes its levels.
  ///
  /// @param statuses by version
  public TcbInfoMaker module(String id, Map<Integer, String> statuses) {
    modules.put(id, statuses);
    return this;
  }

  /// Removes all identities of TDX modules.
  public TcbInfoMaker withoutModules() {
    modules.clear();
    return this;
  }

  /// Changes `issueDate`.
  public TcbInfoMaker from(Instant instant) {
    from = instant;
    return this;
  }

  /// Changes `nextUpdate`.
  public TcbInfoMaker until(Instant instant) {
    until = instant;
    return this;
  }

  /// Changes `tcbEvaluationDataNumber`.
  public TcbInfoMaker evaluationNumber(int number) {
    evaluationNumber = number;
    return this;
  }

  /// Changes `version`.
  public TcbInfoMaker version(int number) {
    version = number;
    return this;
  }

  /// Changes `fmspc`.
  public TcbInfoMaker fmspc(String hex) {
    fmspc = hex;
    return this;
  }

  /// Changes the key that signs it.
  public TcbInfoMaker signedBy(SigningKey other) {
    signer = Optional.of(other);
    return this;
  }

  /// Changes the text of the object before it is signed.
  public TcbInfoMaker edit(UnaryOperator<String> change) {
    json.edit(change);
    return this;
  }

  /// Changes the text of the reply after it is signed.
  public TcbInfoMaker editReply(UnaryOperator<String> change) {
    json.editReply(change);
    return this;
  }

  Octets make(SigningKey key) {
    return json.make("tcbInfo", text(), signer.orElse(key));
  }

  /// Returns the text of the object, before it is edited and signed.
  public String text() {
    var object =
        new JsonBuilder()
            .put("id", tdx ? "TDX" : "SGX")
            .put("version", version)
            .put("issueDate", from.toString())
            .put("nextUpdate", until.toString())
            .put("fmspc", fmspc)
            .put("pceId", "0000")
            .put("tcbType", 0)
            .put("tcbEvaluationDataNumber", evaluationNumber);
    if (tdx) {
      object.put("tdxModule", module(new JsonBuilder()).build());
      if (!modules.isEmpty()) {
        object.put("tdxModuleIdentities", identities());
      }
    }
    object.put("tcbLevels", new JsonArray(levels.stream().map(TcbLevelMaker::make).toList()));
    return Json.writeText(object.build());
  }

  private JsonArray identities() {
    var identities = new ArrayList<JsonValue>();
    modules.forEach(
        (id, statuses) -> {
          var all = new ArrayList<JsonValue>();
          statuses.forEach((svn, status) -> all.add(TcbLevelMaker.svnLevel(svn, status)));
          identities.add(
              module(new JsonBuilder().put("id", id)).put("tcbLevels", new JsonArray(all)).build());
        });
    return new JsonArray(identities);
  }

  private static JsonBuilder module(JsonBuilder object) {
    return object
        .put("mrsigner", "00".repeat(48))
        .put("attributes", "00".repeat(8))
        .put("attributesMask", "FF".repeat(8));
  }
}
