package dev.testudo.image.layout;

import dev.testudo.image.oci.ImageName;
import dev.testudo.image.oci.ImageNameReading;
import java.nio.file.Path;
import java.util.Optional;

/// Where an image is, as the tools of containers write it (containers-transports(5)).
public sealed interface ImageLocation {
  /// In a registry: `redis:7` or `docker://redis:7`.
  record InRegistry(ImageName name) implements ImageLocation {
    @Override
    public String toString() {
      return name.toString();
    }
  }

  /// On this machine.
  sealed interface Local extends ImageLocation {
    /// Returns the directory or file.
    Path path();

    /// Returns the tag or name of the image, if one is given.
    Optional<String> name();
  }

  /// In a directory: `oci:DIRECTORY[:TAG]`.
  record LayoutDirectory(Path path, Optional<String> name) implements Local {
    @Override
    public String toString() {
      return "oci:" + path + name.map(text -> ":" + text).orElse("");
    }
  }

  /// In an archive of such a directory: `oci-archive:FILE[:TAG]`.
  record OciArchive(Path path, Optional<String> name) implements Local {
    @Override
    public String toString() {
      return "oci-archive:" + path + name.map(text -> ":" + text).orElse("");
    }
  }

  /// In an archive of `docker save`: `docker-archive:FILE[:NAME]`.
  record DockerArchive(Path path, Optional<String> name) implements Local {
    @Override
    public String toString() {
      return "docker-archive:" + path + name.map(text -> ":" + text).orElse("");
    }
  }

  /// What reading a location gives.
  sealed interface Reading {
    /// The location.
    record Read(ImageLocation location) implements Reading {}

    /// A mistake.
    ///
    /// @param at the index of the first character of the part that is wrong
    /// @param message what is wrong, in the form of a diagnostic
    record Mistake(int at, String message) implements Reading {}
  }

  /// Reads a location. Relative paths are of `directory`.
  static Reading read(String text, Path directory) {
    return new LocationReader(text, directory).read();
  }

  /// Reads a location in a registry from the text after `skipped` characters.
  private static Reading registry(String text, int skipped) {
    return switch (ImageName.read(text.substring(skipped))) {
      case ImageNameReading.Read(var name) -> new Reading.Read(new InRegistry(name));
      case ImageNameReading.Mistake(var at, var message) ->
          new Reading.Mistake(skipped + at, message);
    };
  }

  /// Reads `TRANSPORT:PATH[:NAME]`.
  record LocationReader(String text, Path directory) {
    private static final String DOCKER = "docker://";
    private static final String LAYOUT = "oci:";
    private static final String OCI_ARCHIVE = "oci-archive:";
    private static final String DOCKER_ARCHIVE = "docker-archive:";
    private static final int MAX_TAG = 255;

    Reading read() {
      if (text.startsWith(LAYOUT)) {
        return local(LAYOUT);
      }
      if (text.startsWith(OCI_ARCHIVE)) {
        return local(OCI_ARCHIVE);
      }
      if (text.startsWith(DOCKER_ARCHIVE)) {
        return local(DOCKER_ARCHIVE);
      }
      return registry(text, text.startsWith(DOCKER) ? DOCKER.length() : 0);
    }

    private Reading local(String transport) {
      var start = transport.length();
      var colon = text.indexOf(':', start);
      var path = colon < 0 ? text.substring(start) : text.substring(start, colon);
      if (path.isEmpty() || path.indexOf('\0') >= 0) {
        return new Reading.Mistake(start, "`%s` needs a path after it".formatted(transport));
      }
      var name = colon < 0 ? Optional.<String>empty() : Optional.of(text.substring(colon + 1));
      var file = directory.resolve(path);
      if (transport.equals(DOCKER_ARCHIVE) && name.isPresent()) {
        return registry(text, colon + 1) instanceof Reading.Mistake mistake
            ? mistake
            : new Reading.Read(new DockerArchive(file, name));
      }
      if (name.filter(LocationReader::isNoTag).isPresent()) {
        return new Reading.Mistake(
            colon + 1, "a tag has 1 to %d visible characters".formatted(MAX_TAG));
      }
      return new Reading.Read(
          switch (transport) {
            case LAYOUT -> new LayoutDirectory(file, name);
            case OCI_ARCHIVE -> new OciArchive(file, name);
            default -> new DockerArchive(file, name);
          });
    }

    private static boolean isNoTag(String tag) {
      return tag.isEmpty()
          || tag.length() > MAX_TAG
          || tag.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
    }
  }
}
