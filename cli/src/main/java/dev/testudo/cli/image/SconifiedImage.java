package dev.testudo.cli.image;

import dev.testudo.image.build.ConfidentialImage;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.json.JsonBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A confidential image that was made of an existing one, or would be.
///
/// @param location where it is
/// @param made digest and measurement
/// @param session the session that permits it
/// @param signer who signs it; empty if nobody does
/// @param plan what would be stored; empty if it was
public record SconifiedImage(
    ImageLocation location,
    ConfidentialImage made,
    SourceFile session,
    Optional<ImageSigner> signer,
    Optional<BlobPlan> plan) {

  /// Returns the lines about the image.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(line("image", location + "@" + made.manifest().digest() + notWritten()));
    lines.add(line("measurement", made.measurement().hex() + " (not hardware attested)"));
    lines.add(line("session", session.name() + notWritten()));
    signer.ifPresent(
        one ->
            lines.add(
                line(
                    "signature",
                    "for %s by the key %s".formatted(one.repository(), one.key()) + notWritten())));
    plan.ifPresent(
        one -> {
          lines.add(line("to be stored", one.summary()));
          lines.add("");
          session.text().lines().forEach(lines::add);
        });
    return lines;
  }

  private String notWritten() {
    return plan.isPresent() ? " (not written)" : "";
  }

  private static String line(String what, String value) {
    return "%-12s %s".formatted(what, value);
  }

  /// Returns the same as members of an object.
  public JsonBuilder json() {
    var json =
        new JsonBuilder()
            .put("image", location.toString())
            .put("digest", made.manifest().digest().toString())
            .put("measurement", made.measurement().hex())
            .put("entries", made.tree().entries())
            .put("session", session.name())
            .put("dry_run", plan.isPresent());
    signer.ifPresent(
        one -> json.put("signed_by", one.key().toString()).put("sign_identity", one.repository()));
    plan.ifPresent(one -> json.put("session_text", session.text()).put("blobs", one.json()));
    return json;
  }
}
