package dev.testudo.trust.channel;

import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.policy.session.VolumeTerms.TagSync;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// A volume that a program sees, and what opens it.
///
/// @param volume the volume as its owner calls it
/// @param path where the program sees it, absolute
/// @param files how its files are protected
/// @param updates what CAS does with new tags
/// @param terms what its owner demands of mounts
/// @param key the key, and the tag that the policy gives it. What CAS has since is in the answer to
///     a claim ([LeaseClient]).
public record VolumeAccess(
    VolumeRef volume,
    String path,
    Volume.Files files,
    UpdatePolicy updates,
    VolumeTerms terms,
    FileProtection key) {

  JsonValue json() {
    var json =
        volume
            .put(new JsonBuilder())
            .put("path", path)
            .put("files", files.text())
            .put("update_policy", updates.text());
    if (terms.tagSync() instanceof TagSync.Bounded(var window)) {
      json.put("bounded", window.toSeconds());
    }
    terms.sizeLimit().ifPresent(limit -> json.put("size_limit", limit));
    return json.put("integrity", terms.integrity().text())
        .put("takeover", terms.takeover().text())
        .put("protection", key.json())
        .build();
  }

  static VolumeAccess read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "volume");
    var volume = VolumeRef.take(fields);
    var path = fields.text("path");
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw fields.wrong("path", "an absolute path");
    }
    var access =
        new VolumeAccess(
            volume,
            path,
            word(fields, "files", Volume.Files::parse),
            word(fields, "update_policy", UpdatePolicy::parse),
            terms(fields),
            FileProtection.read(fields.object("protection")));
    fields.done();
    return access;
  }

  private static VolumeTerms terms(JsonMembers fields) throws MessageException {
    var least = TagSync.Bounded.LEAST.toSeconds();
    var greatest = TagSync.Bounded.GREATEST.toSeconds();
    var sync =
        fields.has("bounded")
            ? new TagSync.Bounded(Duration.ofSeconds(fields.number("bounded", least, greatest)))
            : new TagSync.Strict();
    var size =
        fields.has("size_limit")
            ? Optional.of(
                fields.number("size_limit", VolumeTerms.LEAST_SIZE, VolumeTerms.GREATEST_SIZE))
            : Optional.<Long>empty();
    return new VolumeTerms(
        sync,
        size,
        word(fields, "integrity", VolumeTerms.Integrity::parse),
        word(fields, "takeover", VolumeTerms.Takeover::parse),
        Optional.empty());
  }

  private static <T> T word(JsonMembers fields, String name, Function<String, Optional<T>> parse)
      throws MessageException {
    return parse.apply(fields.text(name)).orElseThrow(() -> fields.wrong(name, "a known word"));
  }
}
