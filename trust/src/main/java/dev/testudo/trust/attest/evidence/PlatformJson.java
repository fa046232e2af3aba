package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.IntelPlatform;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.SnpPlatform;
import dev.testudo.policy.evidence.SnpPlatform.Signer;
import dev.testudo.policy.evidence.SnpPlatformInfo;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.policy.evidence.TcbShortfall;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The part of [ClaimsJson] about platforms.
final class PlatformJson {
  private static final int MOST_U8 = 0xff;
  private static final int MOST_U16 = 0xffff;

  private PlatformJson() {}

  static JsonValue encode(IntelPlatform platform) {
    var json =
        new JsonBuilder()
            .put("fmspc", platform.pck().fmspc())
            .put("ppid", platform.pck().ppid())
            .put("instance_id", platform.pck().instanceId())
            .put("qe_id", platform.qeId());
    platform.pck().smt().ifPresent(smt -> json.put("smt", smt));
    return json.put("tcb", encode(platform.tcb()))
        .put("endorsement", encode(platform.endorsement()))
        .build();
  }

  static IntelPlatform intel(JsonMembers fields) throws MessageException {
    var pck =
        new IntelPlatform.Pck(
            fields.text("fmspc"),
            fields.text("ppid"),
            fields.optionalText("instance_id"),
            fields.has("smt") ? Optional.of(fields.bool("smt")) : Optional.empty());
    var platform =
        new IntelPlatform(
            pck,
            fields.text("qe_id"),
            intelTcb(fields.object("tcb")),
            endorsement(fields.object("endorsement")));
    fields.done();
    return platform;
  }

  private static JsonValue encode(IntelTcb tcb) {
    return new JsonBuilder()
        .put("status", tcb.status().toString())
        .put("parts", array(tcb.parts().stream().map(PlatformJson::encode).toList()))
        .put("evaluation_number", tcb.evaluationNumber())
        .build();
  }

  private static IntelTcb intelTcb(JsonMembers fields) throws MessageException {
    var parts = new ArrayList<IntelTcb.Part>();
    for (var part : fields.array("parts")) {
      parts.add(part(JsonMembers.of(part, "part")));
    }
    var tcb =
        new IntelTcb(
            word(fields, "status", TcbStatus.values()),
            parts,
            (int) fields.number("evaluation_number", 0, Integer.MAX_VALUE));
    fields.done();
    return tcb;
  }

  private static JsonValue encode(IntelTcb.Part part) {
    return new JsonBuilder()
        .put("kind", part.kind().toString())
        .put("status", part.status().toString())
        .put("date", part.date().toString())
        .put("advisories", part.advisories())
        .put("shortfalls", array(part.shortfalls().stream().map(PlatformJson::encode).toList()))
        .build();
  }

  private static IntelTcb.Part part(JsonMembers fields) throws MessageException {
    var shortfalls = new ArrayList<TcbShortfall>();
    for (var shortfall : fields.array("shortfalls")) {
      shortfalls.add(shortfall(JsonMembers.of(shortfall, "shortfall")));
    }
    var part =
        new IntelTcb.Part(
            word(fields, "kind", IntelTcb.PartKind.values()),
            word(fields, "status", TcbStatus.values()),
            fields.instant("date"),
            fields.texts("advisories"),
            shortfalls);
    fields.done();
    return part;
  }

  private static JsonValue encode(TcbShortfall shortfall) {
    return new JsonBuilder()
        .put("component", shortfall.component())
        .put("seen", shortfall.seen())
        .put("wanted", shortfall.wanted())
        .build();
  }

  private static TcbShortfall shortfall(JsonMembers fields) throws MessageException {
    var shortfall =
        new TcbShortfall(
            fields.text("component"),
            (int) fields.number("seen", 0, MOST_U16),
            (int) fields.number("wanted", 0, MOST_U16));
    fields.done();
    return shortfall;
  }

  static JsonValue encode(SnpPlatform platform) {
    var json =
        new JsonBuilder()
            .put("product", platform.product())
            .put("chip_id", platform.chipId())
            .put("committed_tcb", encode(platform.tcb().committed()))
            .put("launch_tcb", encode(platform.tcb().launch()))
            .put("reported_tcb", encode(platform.tcb().reported()))
            .put("current_tcb", encode(platform.tcb().current()))
            .put("platform_info", platform.info().value())
            .put("known_generation", platform.info().knownGeneration())
            .put("endorsement", encode(platform.endorsement()));
    if (platform.signer() instanceof Signer.Vlek(var provider)) {
      json.put("vlek_provider", provider);
    }
    return json.build();
  }

  static SnpPlatform amd(JsonMembers fields) throws MessageException {
    var provider = fields.optionalText("vlek_provider");
    var platform =
        new SnpPlatform(
            fields.text("product"),
            provider.isPresent() ? new Signer.Vlek(provider.get()) : new Signer.Vcek(),
            fields.optionalText("chip_id"),
            new SnpPlatform.Versions(
                snpTcb(fields.object("committed_tcb")),
                snpTcb(fields.object("launch_tcb")),
                snpTcb(fields.object("reported_tcb")),
                snpTcb(fields.object("current_tcb"))),
            new SnpPlatformInfo(
                fields.number("platform_info", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.bool("known_generation")),
            endorsement(fields.object("endorsement")));
    fields.done();
    return platform;
  }

  private static JsonValue encode(SnpTcb tcb) {
    var json = new JsonBuilder();
    tcb.fmc().ifPresent(fmc -> json.put("fmc", fmc));
    return json.put("boot_loader", tcb.bootLoader())
        .put("tee", tcb.tee())
        .put("snp", tcb.snp())
        .put("microcode", tcb.microcode())
        .build();
  }

  private static SnpTcb snpTcb(JsonMembers fields) throws MessageException {
    var tcb =
        new SnpTcb(
            fields.has("fmc")
                ? Optional.of((int) fields.number("fmc", 0, MOST_U8))
                : Optional.empty(),
            (int) fields.number("boot_loader", 0, MOST_U8),
            (int) fields.number("tee", 0, MOST_U8),
            (int) fields.number("snp", 0, MOST_U8),
            (int) fields.number("microcode", 0, MOST_U8));
    fields.done();
    return tcb;
  }

  static JsonValue encode(Endorsement endorsement) {
    return new JsonBuilder()
        .put("root", endorsement.root().toString())
        .put(
            "expiries",
            array(
                endorsement.expiries().stream()
                    .map(
                        end ->
                            (JsonValue)
                                new JsonBuilder()
                                    .put("document", end.document())
                                    .put("at", end.at().toString())
                                    .put("graced", end.graced())
                                    .build())
                    .toList()))
        .build();
  }

  static Endorsement endorsement(JsonMembers fields) throws MessageException {
    var expiries = new ArrayList<Endorsement.Expiry>();
    for (var element : fields.array("expiries")) {
      var expiry = JsonMembers.of(element, "expiry");
      expiries.add(
          new Endorsement.Expiry(
              expiry.text("document"), expiry.instant("at"), expiry.bool("graced")));
      expiry.done();
    }
    var endorsement = new Endorsement(word(fields, "root", Root.values()), expiries);
    fields.done();
    return endorsement;
  }

  private static <T> T word(JsonMembers fields, String name, T[] among) throws MessageException {
    var text = fields.text(name);
    return Arrays.stream(among)
        .filter(one -> one.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> fields.wrong(name, "a word that is known here"));
  }

  private static JsonValue array(List<JsonValue> values) {
    return new JsonArray(values);
  }
}
