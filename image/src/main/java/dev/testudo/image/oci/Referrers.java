package dev.testudo.image.oci;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Manifests that refer to another one by their member `subject` (OCI image-spec, manifest.md).
public final class Referrers {
  private static final String TYPE = "artifactType";

  private Referrers() {}

  /// Returns the digest of the manifest that another one refers to.
  ///
  /// @throws MessageException if the document is malformed
  public static Optional<Digest> subject(RawManifest manifest) throws MessageException {
    var members = JsonMembers.read(manifest.content(), RawManifest.MAX_BYTES, "manifest");
    if (!members.has("subject")) {
      return Optional.empty();
    }
    return Digest.parse(members.object("subject").text("digest"));
  }

  /// Returns the type of what a referrer carries, as a list of referrers gives it.
  public static Optional<String> artifactType(Descriptor referrer) {
    return referrer.others().get(TYPE) instanceof JsonString(var text)
        ? Optional.of(text)
        : Optional.empty();
  }

  /// Returns the descriptor of a referrer for such a list: with its annotations and the type of
  /// what it carries.
  ///
  /// @throws MessageException if the document is malformed
  public static Descriptor entry(RawManifest manifest) throws MessageException {
    var members = JsonMembers.read(manifest.content(), RawManifest.MAX_BYTES, "manifest");
    var plain = manifest.descriptor();
    var type = members.optionalText(TYPE).filter(text -> !text.isEmpty());
    if (type.isEmpty() && members.has("config")) {
      type = members.object("config").optionalText("mediaType");
    }
    var others = new LinkedHashMap<String, JsonValue>();
    type.ifPresent(text -> others.put(TYPE, new JsonString(text)));
    return new Descriptor(
        plain.mediaType(),
        plain.digest(),
        plain.size(),
        Optional.empty(),
        members.has("annotations") ? members.textMap("annotations") : Map.of(),
        others);
  }
}
