package dev.testudo.trust.attest.evidence;

import dev.testudo.policy.evidence.BootedMachine;
import dev.testudo.policy.evidence.ImageSection;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.EnumMap;
import java.util.Optional;
import java.util.TreeMap;

/// The part of [ClaimsJson] about what a machine booted.
final class BootJson {
  private BootJson() {}

  static JsonValue encode(BootedMachine machine) {
    var pcrs = new JsonBuilder();
    machine.pcrs().forEach((number, value) -> pcrs.put(Integer.toString(number), value));
    var sections = new JsonBuilder();
    machine.sections().forEach((section, hash) -> sections.put(section.key(), hash));
    var tpm = machine.tpm();
    var json =
        new JsonBuilder()
            .put("key", tpm.key())
            .put("manufacturer", tpm.maker().map(BootedMachine.Maker::manufacturer))
            .put("model", tpm.maker().map(BootedMachine.Maker::model))
            .put("firmware", tpm.firmware());
    tpm.endorsement().ifPresent(e -> json.put("endorsement", PlatformJson.encode(e)));
    return new JsonBuilder()
        .put("pcrs", pcrs.build())
        .put("started", machine.started())
        .put("sections", sections.build())
        .put("tpm", json.build())
        .build();
  }

  static BootedMachine decode(JsonMembers fields) throws MessageException {
    var pcrs = new TreeMap<Integer, String>();
    for (var pcr : fields.textMap("pcrs").entrySet()) {
      pcrs.put(GuestJson.pcrNumber(pcr.getKey(), fields), pcr.getValue());
    }
    var sections = new EnumMap<ImageSection, String>(ImageSection.class);
    for (var entry : fields.textMap("sections").entrySet()) {
      var section =
          ImageSection.parse(entry.getKey())
              .orElseThrow(() -> fields.wrong("sections", "an object of known sections"));
      sections.put(section, entry.getValue());
    }
    var machine =
        new BootedMachine(pcrs, fields.texts("started"), sections, tpm(fields.object("tpm")));
    fields.done();
    return machine;
  }

  private static BootedMachine.Tpm tpm(JsonMembers fields) throws MessageException {
    var manufacturer = fields.optionalText("manufacturer");
    var model = fields.optionalText("model");
    var tpm =
        new BootedMachine.Tpm(
            fields.optionalText("key"),
            manufacturer.map(text -> new BootedMachine.Maker(text, model.orElse(""))),
            fields.has("endorsement")
                ? Optional.of(PlatformJson.endorsement(fields.object("endorsement")))
                : Optional.empty(),
            fields.text("firmware"));
    fields.done();
    return tpm;
  }
}
