package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;
import dev.testudo.image.sbom.SbomFindings.Found;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Writes findings as CycloneDX 1.6 (cyclonedx.org, ECMA-424). The same image gives the same bytes:
/// there is no time, and the serial number comes from the digest.
final class SbomDocument {
  private static final int MAX_LICENCE = 300;

  /// Identifiers of SPDX that packages often use. Others are given as names, because a document
  /// with an identifier that SPDX does not know is not valid.
  private static final Set<String> SPDX =
      Set.of(
          "0BSD",
          "Apache-2.0",
          "Artistic-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "BSL-1.0",
          "CC0-1.0",
          "EPL-2.0",
          "GPL-2.0-only",
          "GPL-2.0-or-later",
          "GPL-3.0-only",
          "GPL-3.0-or-later",
          "ISC",
          "LGPL-2.1-only",
          "LGPL-2.1-or-later",
          "MIT",
          "MPL-2.0",
          "OpenSSL",
          "PSF-2.0",
          "Unlicense",
          "Zlib");

  private SbomDocument() {}

  static byte[] write(Digest image, SbomFindings findings) {
    var components = new ArrayList<JsonValue>();
    findings.packages().forEach((url, found) -> components.add(component(url, found)));
    return Json.write(
        new JsonBuilder()
            .put("bomFormat", "CycloneDX")
            .put("specVersion", "1.6")
            .put("serialNumber", serialNumber(image))
            .put("version", 1)
            .put("metadata", metadata(image, findings))
            .put("components", new JsonArray(components))
            .build());
  }

  /// Returns a UUID of version 8 (RFC 9562), whose bits are those of the digest.
  private static String serialNumber(Digest image) {
    var hex = image.hex();
    return "urn:uuid:%s-%s-8%s-8%s-%s"
        .formatted(
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(13, 16),
            hex.substring(17, 20),
            hex.substring(20, 32));
  }

  private static JsonObject metadata(Digest image, SbomFindings findings) {
    var tool =
        new JsonBuilder().put("type", "application").put("name", "testudo image sbom").build();
    var container =
        new JsonBuilder()
            .put("type", "container")
            .put("bom-ref", image.toString())
            .put("name", "image")
            .put("version", image.toString());
    var metadata =
        new JsonBuilder()
            .put("tools", new JsonBuilder().put("components", new JsonArray(List.of(tool))).build())
            .put("component", container.build());
    if (!findings.warnings().isEmpty()) {
      var warnings = new ArrayList<JsonValue>();
      findings.warnings().forEach(text -> warnings.add(property("testudo:warning", text)));
      metadata.put("properties", new JsonArray(warnings));
    }
    return metadata.build();
  }

  private static JsonObject component(String url, Found found) {
    var software = found.software();
    var json = new JsonBuilder().put("type", "library").put("bom-ref", url);
    if (!software.group().isEmpty() && !software.type().equals("deb")) {
      json.put("group", Printable.of(software.group()));
    }
    json.put("name", Printable.of(software.name()));
    if (!software.version().isEmpty()) {
      json.put("version", Printable.of(software.version()));
    }
    var licences = licences(software.licences());
    if (!licences.elements().isEmpty()) {
      json.put("licenses", licences);
    }
    json.put("purl", url);
    var places = new ArrayList<JsonValue>();
    found.paths().forEach(path -> places.add(new JsonBuilder().put("location", path).build()));
    json.put("evidence", new JsonBuilder().put("occurrences", new JsonArray(places)).build());
    var layers = new ArrayList<JsonValue>();
    found.layers().forEach(layer -> layers.add(property("testudo:layer", layer.toString())));
    return json.put("properties", new JsonArray(layers)).build();
  }

  private static JsonArray licences(List<String> texts) {
    var all = new ArrayList<JsonValue>();
    texts.stream()
        .distinct()
        .filter(text -> text.length() <= MAX_LICENCE)
        .map(text -> new JsonBuilder().put(SPDX.contains(text) ? "id" : "name", Printable.of(text)))
        .forEach(one -> all.add(new JsonBuilder().put("license", one.build()).build()));
    return new JsonArray(all);
  }

  private static JsonObject property(String name, String value) {
    return new JsonBuilder().put("name", name).put("value", value).build();
  }
}
