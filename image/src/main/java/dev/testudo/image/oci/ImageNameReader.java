package dev.testudo.image.oci;

import dev.testudo.image.oci.ImageNameReading.Mistake;
import dev.testudo.image.oci.ImageNameReading.Read;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `[registry/]repository[:tag][@digest]`.
final class ImageNameReader {
  private static final int MAX_NAME = 255;
  private static final int MAX_TEXT = 1024;

  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:" + LABEL + "(?:\\." + LABEL + ")*+|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?");
  private static final Pattern COMPONENT =
      Pattern.compile("[a-z0-9]++(?:(?:\\.|_{1,2}|-++)[a-z0-9]++)*+");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");

  private final String text;

  ImageNameReader(String text) {
    this.text = text;
  }

  static boolean isRegistry(String text) {
    return text.length() <= MAX_NAME && REGISTRY.matcher(text).matches();
  }

  static boolean isRepository(String text) {
    return text.length() <= MAX_NAME && firstWrong(text) < 0;
  }

  static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  ImageNameReading read() {
    if (text.isEmpty()) {
      return new Mistake(0, "the name of an image is empty");
    }
    if (text.length() > MAX_TEXT) {
      return new Mistake(0, "the name of an image has more than %d characters".formatted(MAX_TEXT));
    }
    var at = text.indexOf('@');
    if (at < 0) {
      return named(text, Optional.empty());
    }
    var digest = Digest.parse(text.substring(at + 1));
    if (digest.isEmpty()) {
      return new Mistake(
          at + 1,
          "`%s` is not a digest: `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128"
              .formatted(text.substring(at + 1)));
    }
    return named(text.substring(0, at), digest);
  }

  private ImageNameReading named(String name, Optional<Digest> digest) {
    var colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    if (colon < 0) {
      var tag = digest.isPresent() ? Optional.<String>empty() : Optional.of(ImageName.DEFAULT_TAG);
      return located(name, tag, digest);
    }
    var tag = name.substring(colon + 1);
    if (!isTag(tag)) {
      return new Mistake(
          colon + 1,
          "`%s` is not a tag: letters, digits, `_`, `.` and `-`, at most 128, none of the last two first"
              .formatted(tag));
    }
    return located(name.substring(0, colon), Optional.of(tag), digest);
  }

  private ImageNameReading located(String name, Optional<String> tag, Optional<Digest> digest) {
    var slash = name.indexOf('/');
    var first = slash < 0 ? "" : name.substring(0, slash);
    if (slash < 0 || !namesRegistry(first)) {
      return repository(ImageName.DEFAULT_REGISTRY, name, 0, tag, digest);
    }
    if (!isRegistry(first)) {
      return new Mistake(0, "`%s` is not a registry: a host and perhaps a port".formatted(first));
    }
    return repository(first, name.substring(slash + 1), slash + 1, tag, digest);
  }

  /// The rule of Docker: the first part is a host if it looks like one.
  private static boolean namesRegistry(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static ImageNameReading repository(
      String registry, String path, int at, Optional<String> tag, Optional<Digest> digest) {
    if (path.length() + registry.length() >= MAX_NAME) {
      return new Mistake(
          at, "registry and repository have more than %d characters".formatted(MAX_NAME));
    }
    var wrong = firstWrong(path);
    if (wrong >= 0) {
      return new Mistake(
          at + wrong,
          ("`%s` is not a repository: lower-case letters and digits, separated by `.`, `_`, `__`, `-`"
                  + " and `/`")
              .formatted(path));
    }
    var hub = registry.equals("docker.io") || registry.equals("index.docker.io");
    var repository = hub && path.indexOf('/') < 0 ? "library/" + path : path;
    return new Read(
        new ImageName(hub ? ImageName.DEFAULT_REGISTRY : registry, repository, tag, digest));
  }

  /// Returns the index of the first component that is malformed, or -1.
  private static int firstWrong(String path) {
    var start = 0;
    for (var component : path.split("/", -1)) {
      if (!COMPONENT.matcher(component).matches()) {
        return start;
      }
      start += component.length() + 1;
    }
    return -1;
  }
}
