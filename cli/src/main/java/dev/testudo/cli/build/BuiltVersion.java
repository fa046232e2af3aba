package dev.testudo.cli.build;

import dev.testudo.image.oci.Digest;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A version of an image that was built and stored.
///
/// @param image its name with its tag (`build.to`)
/// @param digest the digest of its manifest
/// @param measurement what a policy names
/// @param stable measurements of earlier versions that may go on running
/// @param environment the variables of the base
/// @param workingDirectory the working directory of the base, if it says one
/// @param files the files that are in a volume, with their key
/// @param user the user of the containers, `UID:GID`, if the manifest names one
/// @param inputs what the manifest asked for, as [BuildInputs] hashes it
/// @param time when it was stored
public record BuiltVersion(
    String image,
    Digest digest,
    Measurement measurement,
    List<String> stable,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Optional<ProtectedRegion> files,
    Optional<String> user,
    String inputs,
    Instant time) {
  public BuiltVersion {
    stable = List.copyOf(stable);
    environment = java.util.Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /// Returns true if `other` differs only in its time.
  boolean isSame(BuiltVersion other) {
    return new BuiltVersion(
            image,
            digest,
            measurement,
            stable,
            environment,
            workingDirectory,
            files,
            user,
            inputs,
            other.time())
        .equals(other);
  }

  static BuiltVersion read(JsonValue value, String where) throws MessageException {
    var members = JsonMembers.of(value, where);
    var digest = Digest.parse(members.text("digest"));
    var measurement = Measurement.parse(members.text("measurement"));
    var version =
        new BuiltVersion(
            members.text("image"),
            digest.orElseThrow(() -> members.wrong("digest", "a digest")),
            measurement.orElseThrow(() -> members.wrong("measurement", "a measurement")),
            stable(members),
            members.textMap("environment"),
            members.optionalText("working_directory"),
            files(members),
            members.optionalText("user"),
            members.text("inputs"),
            members.instant("time"));
    members.done();
    return version;
  }

  private static Optional<ProtectedRegion> files(JsonMembers members) throws MessageException {
    if (!members.has("files")) {
      return Optional.empty();
    }
    var files = members.object("files");
    var read =
        new ProtectedRegion(
            files.text("path"),
            files.text("key"),
            Optional.of(files.text("tag")),
            !files.has("encrypted") || files.bool("encrypted"));
    files.done();
    return Optional.of(read);
  }

  private static List<String> stable(JsonMembers members) throws MessageException {
    var stable = members.texts("stable");
    for (var measurement : stable) {
      if (Measurement.parse(measurement).isEmpty()) {
        throw members.wrong("stable", "measurements");
      }
    }
    return stable;
  }

  JsonValue json() {
    var json = new JsonBuilder();
    files.ifPresent(one -> json.put("files", json(one)));
    return json.put("image", image)
        .put("digest", digest.toString())
        .put("measurement", measurement.hex())
        .put("stable", stable)
        .put("environment", environment)
        .put("working_directory", workingDirectory)
        .put("user", user)
        .put("inputs", inputs)
        .put("time", time.toString())
        .build();
  }

  private static JsonValue json(ProtectedRegion files) {
    return new JsonBuilder()
        .put("path", files.path())
        .put("key", files.key())
        .put("tag", files.tag())
        .put("encrypted", files.encrypted())
        .build();
  }
}
