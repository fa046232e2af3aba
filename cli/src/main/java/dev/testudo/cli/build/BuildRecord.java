package dev.testudo.cli.build;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageName;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.trust.files.WriteFailure;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The versions of one image that were built here, the newest last. Sessions take measurements from
/// this file, not from a registry: who controls a registry could put another image there.
public final class BuildRecord {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_VERSIONS = 100;
  private static final int VERSION = 1;

  private final Path file;
  private final List<BuiltVersion> versions;

  private BuildRecord(Path file, List<BuiltVersion> versions) {
    this.file = file;
    this.versions = versions;
  }

  /// Reads what was built of an image; nothing, if there is no file.
  ///
  /// @param target the directory for output
  /// @param image the name of the image, with or without a tag
  /// @throws CommandFailed if the file is malformed
  public static BuildRecord of(Path target, String image) throws IOException, CommandFailed {
    var file = images(target).resolve(plain(repository(image)) + ".json");
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return new BuildRecord(file, List.of());
    }
    try {
      var members = JsonMembers.read(bytes, MAX_BYTES, file.toString());
      members.number("version", VERSION, VERSION);
      var versions = new ArrayList<BuiltVersion>();
      for (var value : members.array("versions")) {
        versions.add(BuiltVersion.read(value, file + ": versions"));
      }
      members.done();
      return new BuildRecord(file, versions);
    } catch (MessageException e) {
      throw CommandFailed.input(
          "%s is not a record of builds: %s; delete it and build the image again"
              .formatted(file, e.getMessage()));
    }
  }

  /// Returns where images and records go.
  public static Path images(Path target) {
    return target.resolve("images");
  }

  /// Returns a name as the name of a file.
  public static String plain(String image) {
    return image.replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  /// Returns the name without tag and digest.
  public static String repository(String image) {
    var name = image.split("@", 2)[0];
    var colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') && !name.startsWith("oci:")
        ? name.substring(0, colon)
        : name;
  }

  /// Returns a name with its tag, or with the usual one.
  public static String tagged(String image) {
    return image.equals(repository(image)) ? image + ":" + ImageName.DEFAULT_TAG : image;
  }

  /// Returns the version that was built last under this name.
  public Optional<BuiltVersion> newest(String image) {
    return versions.reversed().stream().filter(built -> built.image().equals(image)).findFirst();
  }

  /// Returns the version with this digest.
  Optional<BuiltVersion> withDigest(Digest digest) {
    return versions.stream().filter(built -> built.digest().equals(digest)).findFirst();
  }

  /// Returns the key of the newest version that has encrypted files.
  Optional<String> filesKey() {
    return versions.reversed().stream()
        .flatMap(built -> built.files().stream())
        .filter(ProtectedRegion::encrypted)
        .map(ProtectedRegion::key)
        .findFirst();
  }

  /// Adds a version. Builds that run at the same time do not lose each other's.
  ///
  /// @throws CommandFailed if the file has become malformed
  public void add(BuiltVersion version, Path target) throws IOException, CommandFailed {
    Files.createDirectories(images(target));
    try (var lock =
            FileChannel.open(
                file.resolveSibling("." + file.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = lock.lock()) {
      var all = new ArrayList<>(of(target, version.image()).versions);
      all.removeIf(version::isSame);
      all.add(version);
      var kept = all.subList(Math.max(0, all.size() - MAX_VERSIONS), all.size());
      var json =
          new JsonBuilder()
              .put("version", VERSION)
              .put(
                  "versions",
                  new JsonArray(kept.stream().<JsonValue>map(BuiltVersion::json).toList()));
      PrivateFiles.replace(file, Json.write(json.build()));
    } catch (IOException e) {
      throw CommandFailed.environment(
          "the image is stored, but not recorded, so sessions do not permit it; build it again when %s can be written"
              .formatted(file),
          WriteFailure.at(file, e));
    }
  }
}
