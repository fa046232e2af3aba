package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The content of `image.json`, which says what belongs to an image. Its format is specified in
/// `docs/formats/measurement.md`.
///
/// @param name the image's name
/// @param container whether the image is the root of a container
/// @param hostFiles files of the machine that are part of the program; absolute paths
/// @param hostPaths other paths that the program sees, whose content is not measured; absolute
/// @param restricted what a container has that not every user may read
public record ImageDescription(
    String name,
    boolean container,
    List<Path> hostFiles,
    List<Path> hostPaths,
    RestrictedEntries restricted) {
  /// The name of the file.
  static final String FILE = "image.json";

  /// The most bytes of the file.
  public static final int MAX_BYTES = 1 << 20;

  /// The most paths in each list.
  private static final int MAX_PATHS = 4096;

  /// Copies the lists.
  public ImageDescription {
    hostFiles = List.copyOf(hostFiles);
    hostPaths = List.copyOf(hostPaths);
  }

  /// Reads the description in an image directory.
  static ImageDescription read(Path imageDirectory) throws IOException {
    return parse(Files.readAllBytes(imageDirectory.resolve(FILE)));
  }

  /// Reads the content of `image.json`.
  ///
  /// @throws MessageException if it is malformed
  public static ImageDescription parse(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, MAX_BYTES, FILE);
    var name = fields.text("name");
    var container = fields.has("container") && fields.bool("container");
    var hostFiles = paths(fields.texts("files"));
    var hostPaths = paths(fields.optionalTexts("host_paths"));
    var restricted =
        RestrictedEntries.parse(fields.has("restricted") ? fields.array("restricted") : List.of());
    fields.done();
    if (!container && !restricted.isEmpty()) {
      throw new MessageException("`image.json` has `restricted`, which is for containers");
    }
    if (container && !hostFiles.isEmpty()) {
      throw new MessageException("`image.json` names `files`, which a container does not have");
    }
    return new ImageDescription(name, container, hostFiles, hostPaths, restricted);
  }

  private static List<Path> paths(List<String> names) throws MessageException {
    if (names.size() > MAX_PATHS) {
      throw new MessageException("`image.json` names more than %d files".formatted(MAX_PATHS));
    }
    var files = new ArrayList<Path>();
    for (var name : names) {
      if (!isNormal(name)) {
        throw new MessageException(
            "`image.json` names a file whose path is not absolute and normalised");
      }
      files.add(Path.of(name));
    }
    return files;
  }

  private static boolean isNormal(String name) {
    try {
      return name.startsWith("/") && Path.of(name).normalize().toString().equals(name);
    } catch (InvalidPathException _) { // NUL, or half of a character
      return false;
    }
  }

  /// Returns a description of a container's root.
  ///
  /// @param unmeasured the paths besides [ContainerRoot#OF_RUNTIME] whose content is not measured
  public static ImageDescription ofContainer(
      String name, List<Path> unmeasured, RestrictedEntries restricted) {
    return new ImageDescription(name, true, List.of(), unmeasured, restricted);
  }

  /// Returns the content of `image.json`.
  public byte[] write() {
    var json =
        new JsonBuilder()
            .put("name", name)
            .put("files", hostFiles.stream().map(Path::toString).toList());
    if (!hostPaths.isEmpty()) {
      json.put("host_paths", hostPaths.stream().map(Path::toString).toList());
    }
    if (container) {
      json.put("container", true);
    }
    if (!restricted.isEmpty()) {
      json.put("restricted", restricted.json());
    }
    return Json.write(json.build());
  }

  /// Returns the measurement of an image that has these entries.
  ///
  /// @param entries all entries that are measured, in any order
  /// @throws IllegalArgumentException if a path occurs twice
  public Measurement measure(List<HashedEntry> entries) {
    var measured = new ArrayList<MeasuredFile>();
    var seen = String.join("\0", hostPaths.stream().map(Path::toString).toList());
    // Not `files`: which files of the machine a program needs differs between machines.
    measured.add(MeasuredFile.ofContent("image:" + name, 0, seen.getBytes(UTF_8)));
    entries.forEach(entry -> measured.add(entry.measured()));
    return MeasuredPart.IMAGE.measure(measured);
  }

  /// Returns the paths of a container's root that are not measured, with everything below them.
  public List<String> unmeasured() {
    var paths = new ArrayList<>(ContainerRoot.OF_RUNTIME);
    paths.add(ContainerRoot.AGENT);
    hostPaths.forEach(path -> paths.add(path.toString()));
    return paths;
  }
}
