package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The decision about a TCB once more, slowly and from the text of the documents, to compare with
/// [TcbDecision]. It shares no code with it.
final class SlowTcb {
  /// Stands for a refusal of any kind.
  static final String REFUSED = "refused";

  private static final Map<String, String> OUTDATED =
      Map.of(
          "UpToDate", "OutOfDate",
          "SWHardeningNeeded", "OutOfDate",
          "OutOfDate", "OutOfDate",
          "ConfigurationNeeded", "OutOfDateConfigurationNeeded",
          "ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded",
          "OutOfDateConfigurationNeeded", "OutOfDateConfigurationNeeded");

  private final JsonObject info;
  private final JsonObject identity;
  private final List<Integer> components;
  private final int pceSvn;

  SlowTcb(JsonObject info, JsonObject identity, List<Integer> components, int pceSvn) {
    this.info = info;
    this.identity = identity;
    this.components = components;
    this.pceSvn = pceSvn;
  }

  /// Returns the status, or [#REFUSED].
  ///
  /// @param tdx TEE_TCB_SVN; TEE_TCB_SVN2 after it, if there is one; none for SGX
  String decide(List<Octets> tdx, int qeSvn) {
    var qe = svnStatus(identity, qeSvn);
    if (tdx.isEmpty()) {
      return together(platform(Optional.empty()), "UpToDate", qe);
    }
    var statuses = new ArrayList<String>();
    for (var svn : tdx) {
      statuses.add(together(platform(Optional.of(svn)), module(svn), qe));
    }
    if (statuses.contains(REFUSED)) {
      return REFUSED;
    }
    var launch = statuses.getFirst();
    var now = statuses.getLast();
    if (launch.startsWith("OutOfDate") && !now.startsWith("OutOfDate")) {
      var configuration = launch.contains("Configuration") || now.contains("Configuration");
      return "TDRelaunchAdvised" + (configuration ? "ConfigurationNeeded" : "");
    }
    return launch;
  }

  private static String together(String platform, String module, String qe) {
    var all = List.of(platform, module, qe);
    if (all.contains(REFUSED) || all.contains("Revoked")) {
      return REFUSED;
    }
    return module.equals("OutOfDate") || qe.equals("OutOfDate")
        ? OUTDATED.getOrDefault(platform, REFUSED)
        : platform;
  }

  /// Of all levels that the platform has, the one whose versions, written one after the other, come
  /// last in the alphabet.
  private String platform(Optional<Octets> tdx) {
    var best = "";
    var status = REFUSED;
    for (var element : array(info, "tcbLevels")) {
      var level = (JsonObject) element;
      var tcb = (JsonObject) member(level, "tcb");
      var key = new StringBuilder();
      var reached = number(tcb, "pcesvn") <= pceSvn;
      var sgx = array(tcb, "sgxtcbcomponents");
      for (var i = 0; i < 16; i++) {
        var wanted = number((JsonObject) sgx.get(i), "svn");
        key.append("%02x".formatted(wanted));
        reached &= wanted <= components.get(i);
      }
      key.append("%04x".formatted(number(tcb, "pcesvn")));
      for (var i = 0; tdx.isPresent() && i < 16; i++) {
        var wanted = number((JsonObject) array(tcb, "tdxtcbcomponents").get(i), "svn");
        key.append("%02x".formatted(wanted));
        var ofTheModule = tdx.get().u8(1) > 0 && i < 2;
        reached &= ofTheModule || wanted <= tdx.get().u8(i);
      }
      if (reached && key.toString().compareTo(best) >= 0) {
        best = key.toString();
        status = text(level, "tcbStatus");
      }
    }
    return status;
  }

  private String module(Octets svn) {
    if (svn.u8(1) == 0) {
      return "UpToDate";
    }
    for (var element : array(info, "tdxModuleIdentities")) {
      var module = (JsonObject) element;
      if (text(module, "id").equalsIgnoreCase("TDX_%02x".formatted(svn.u8(1)))) {
        return svnStatus(module, svn.u8(0));
      }
    }
    return REFUSED;
  }

  private static String svnStatus(JsonObject object, int svn) {
    var best = -1L;
    var status = REFUSED;
    for (var element : array(object, "tcbLevels")) {
      var level = (JsonObject) element;
      var wanted = number((JsonObject) member(level, "tcb"), "isvsvn");
      if (wanted <= svn && wanted > best) {
        best = wanted;
        status = text(level, "tcbStatus");
      }
    }
    return status;
  }

  private static JsonValue member(JsonObject object, String name) {
    return Objects.requireNonNull(object.members().get(name));
  }

  private static List<JsonValue> array(JsonObject object, String name) {
    return ((JsonArray) member(object, name)).elements();
  }

  private static long number(JsonObject object, String name) {
    return ((JsonNumber) member(object, name)).value();
  }

  private static String text(JsonObject object, String name) {
    return ((JsonString) member(object, name)).value();
  }
}
