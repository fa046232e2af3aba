package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import java.util.List;
import java.util.Optional;

/// What an image runs on (OCI image-spec, image-index.md).
///
/// @param os the operating system, as Go spells it; `linux` for every image that Testudo runs
/// @param architecture the processor, as Go spells it, such as `amd64` and `arm64`
/// @param variant the variant of the processor, such as `v8`
/// @param osVersion the least version of the operating system; only Windows uses it
/// @param osFeatures what the operating system must offer; only Windows uses it
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    Optional<String> osVersion,
    List<String> osFeatures) {
  /// Copies the list.
  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  /// Returns Linux on the given processor.
  public static Platform linux(String architecture) {
    return new Platform("linux", architecture, Optional.empty(), Optional.empty(), List.of());
  }

  /// Returns whether an image for `offered` is one for this platform. If this one has no variant,
  /// every variant will do.
  boolean accepts(Platform offered) {
    return os.equals(offered.os)
        && architecture.equals(offered.architecture)
        && (variant.isEmpty() || variant.equals(offered.variant) || isUsual(offered));
  }

  /// 64-bit Arm has no other variant than `v8`, which is often left out.
  private boolean isUsual(Platform offered) {
    return architecture.equals("arm64")
        && variant.equals(Optional.of("v8"))
        && offered.variant.isEmpty();
  }

  static Platform read(JsonValue value, String where) throws MessageException {
    var members = OciJson.members(value, where);
    var platform =
        new Platform(
            members.text("os"),
            members.text("architecture"),
            members.optionalText("variant"),
            members.optionalText("os.version"),
            members.optionalTexts("os.features"));
    members.rest();
    return platform;
  }

  JsonObject json() {
    var json =
        new JsonBuilder()
            .put("architecture", architecture)
            .put("os", os)
            .put("os.version", osVersion)
            .put("variant", variant);
    if (!osFeatures.isEmpty()) {
      json.put("os.features", osFeatures);
    }
    return json.build();
  }

  /// Returns `os/architecture` and, if there is one, `/variant`.
  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(text -> "/" + text).orElse("");
  }
}
