package dev.testudo.trust.generator;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.util.List;
import java.util.Optional;

/// A level of TCB info.
///
/// @param sgx the versions of the SGX components, of which real documents have 16
/// @param tdx the versions of the TDX components; empty for SGX
public record TcbLevelMaker(
    List<Integer> sgx, int pceSvn, Optional<List<Integer>> tdx, String status, String date) {
  /// Copies the lists.
  public TcbLevelMaker {
    sgx = List.copyOf(sgx);
    tdx = tdx.map(List::copyOf);
  }

  /// Returns a level that needs the same version of every component.
  public static TcbLevelMaker of(int svn, int pceSvn, boolean tdx, String status) {
    var svns = PckMaker.sixteen(svn);
    return new TcbLevelMaker(
        svns,
        pceSvn,
        tdx ? Optional.of(svns) : Optional.empty(),
        status,
        "20%02d-01-01T00:00:00Z".formatted(10 + svn));
  }

  JsonValue make() {
    var tcb = new JsonBuilder().put("sgxtcbcomponents", components(sgx)).put("pcesvn", pceSvn);
    tdx.ifPresent(svns -> tcb.put("tdxtcbcomponents", components(svns)));
    return level(tcb.build(), status, date);
  }

  /// Returns a level of an enclave or a TDX module.
  static JsonValue svnLevel(int svn, String status) {
    return level(
        new JsonBuilder().put("isvsvn", svn).build(),
        status,
        "20%02d-02-02T00:00:00Z".formatted(10 + svn));
  }

  private static JsonValue level(JsonValue tcb, String status, String date) {
    var level = new JsonBuilder().put("tcb", tcb).put("tcbDate", date).put("tcbStatus", status);
    if (!status.equals("UpToDate")) {
      level.put("advisoryIDs", List.of("INTEL-SA-0" + date.substring(2, 4) + status.length()));
    }
    return level.build();
  }

  private static JsonArray components(List<Integer> svns) {
    return new JsonArray(
        svns.stream()
            .<JsonValue>map(
                svn ->
                    new JsonBuilder()
                        .put("svn", svn)
                        .put("category", "BIOS")
                        .put("type", "Early Microcode Update")
                        .build())
            .toList());
  }
}
