package dev.testudo.image.layer;

import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.tar.RawText;
import dev.testudo.image.tar.TarReader;
import java.util.List;

/// Names in a layer as paths of the image: absolute, without empty names, `.` and `..`; `/` is the
/// root.
final class LayerPath {
  /// The most names in a path.
  static final int MAX_DEPTH = 255;

  /// The most bytes of a name, as in the kernel (`NAME_MAX`).
  private static final int MAX_NAME = 255;

  private LayerPath() {}

  /// Returns the path that a name means. All names are relative to the root of the image, also
  /// those that begin with `/`.
  ///
  /// @throws ImageException with [ImageFault#ESCAPES] if a part is `..`
  static String of(String name) throws ImageException {
    var path = new StringBuilder();
    var depth = 0;
    for (var part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        throw new ImageException(ImageFault.ESCAPES, "`%s` contains `..`".formatted(shown(name)));
      }
      if (part.indexOf('\0') >= 0) {
        throw new ImageException(ImageFault.MALFORMED, "a name contains a NUL");
      }
      if (++depth > MAX_DEPTH
          || part.length() > MAX_NAME
          || (part.length() > MAX_NAME / 4 && RawText.encode(part).length > MAX_NAME)) {
        throw tooLong(name);
      }
      path.append('/').append(part);
    }
    if (path.length() > TarReader.MAX_NAME) {
      throw tooLong(name);
    }
    return path.isEmpty() ? "/" : path.toString();
  }

  /// Returns whether a path is what [#of] returns for it.
  static boolean isNormal(String path) {
    try {
      return of(path).equals(path);
    } catch (ImageException e) {
      return false;
    }
  }

  private static ImageException tooLong(String name) {
    return new ImageException(
        ImageFault.TOO_LARGE,
        "`%s` is longer than %d bytes, has a part longer than %d, or more than %d parts"
            .formatted(shown(name), TarReader.MAX_NAME, MAX_NAME, MAX_DEPTH));
  }

  /// Returns the parts of a path.
  static List<String> parts(String path) {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/"));
  }

  /// Returns the last part of a path; empty for the root.
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// Returns the directory of a path.
  static String parent(String path) {
    var slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  /// Returns the path of `name` in a directory.
  static String child(String directory, String name) {
    return directory.equals("/") ? "/" + name : directory + "/" + name;
  }

  /// Returns a name for a message: short, and without control characters.
  static String shown(String name) {
    var cut = name.length() > 100 ? name.substring(0, 100) + "…" : name;
    return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
  }
}
