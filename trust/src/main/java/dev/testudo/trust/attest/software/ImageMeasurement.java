package dev.testudo.trust.attest.software;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Measures an image directory: the tree `root/` and what `image.json` says about the image. The
/// result is the same on every machine; [MachineMeasurement] measures what a machine adds.
final class ImageMeasurement {
  /// The most files, directories and links in `root/`.
  private static final int MAX_ENTRIES = 65_536;

  /// The most bytes in all files of `root/` together, which are held in memory.
  private static final long MAX_CONTENT = 512L << 20;

  /// The most host files that an image may name.
  private static final int MAX_HOST_FILES = 4096;

  private static final int MAX_DEPTH = 64;
  private static final int MAX_DESCRIPTION = 1 << 20;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;

  private final List<MeasuredFile> measured = new ArrayList<>();
  private final List<ImageEntry> entries = new ArrayList<>();
  private long contentBytes;

  private ImageMeasurement() {}

  /// Reads and measures an image. Each file is read once, and the result contains what was read.
  static MeasuredImage of(Path imageDirectory) throws IOException {
    return new ImageMeasurement().measure(imageDirectory);
  }

  private MeasuredImage measure(Path imageDirectory) throws IOException {
    var description = Files.readAllBytes(imageDirectory.resolve("image.json"));
    var fields = JsonMembers.read(description, MAX_DESCRIPTION, "image.json");
    var name = fields.text("name");
    var hostFiles = paths(fields.texts("files"));
    var hostPaths = paths(fields.optionalTexts("host_paths"));
    fields.done();
    var seen = String.join("\0", hostPaths.stream().map(Path::toString).toList());
    // Not `files`: which files of the machine a program needs differs between machines.
    measured.add(MeasuredFile.ofContent("image:" + name, 0, seen.getBytes(StandardCharsets.UTF_8)));
    var root = imageDirectory.resolve("root");
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      children(root, "", 0);
    }
    return new MeasuredImage(
        MeasuredPart.IMAGE.measure(measured), name, hostFiles, hostPaths, entries);
  }

  private static List<Path> paths(List<String> names) throws MessageException {
    if (names.size() > MAX_HOST_FILES) {
      throw new MessageException("`image.json` names more than %d files".formatted(MAX_HOST_FILES));
    }
    var files = new ArrayList<Path>();
    for (var name : names) {
      if (!name.startsWith("/")
          || name.indexOf('\0') >= 0
          || !Path.of(name).normalize().toString().equals(name)) {
        throw new MessageException(
            "`image.json` names a file whose path is not absolute and normalised");
      }
      files.add(Path.of(name));
    }
    return files;
  }

  private void children(Path directory, String path, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("image: more than %d folders deep at %s".formatted(MAX_DEPTH, path));
    }
    try (var stream = Files.newDirectoryStream(directory)) {
      var sorted = new ArrayList<Path>();
      stream.forEach(sorted::add);
      sorted.sort(null);
      for (var child : sorted) {
        entry(child, path + "/" + child.getFileName(), depth);
      }
    }
  }

  private void entry(Path file, String path, int depth) throws IOException {
    if (entries.size() == MAX_ENTRIES) {
      throw new IOException("image: more than %d files in root/".formatted(MAX_ENTRIES));
    }
    if (Files.isSymbolicLink(file)) {
      var target = Files.readSymbolicLink(file).toString();
      add(new ImageEntry.Link(path, target), LINK, target.getBytes(StandardCharsets.UTF_8));
    } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      var permissions = permissions(file);
      add(new ImageEntry.Directory(path, permissions), DIRECTORY | permissions, new byte[0]);
      children(file, path, depth + 1);
    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      var permissions = permissions(file);
      var content = content(file);
      add(new ImageEntry.RegularFile(path, permissions, content), REGULAR | permissions, content);
    } else {
      throw new IOException("image: neither file, directory nor link: root%s".formatted(path));
    }
  }

  private void add(ImageEntry entry, int mode, byte[] content) {
    entries.add(entry);
    measured.add(MeasuredFile.ofContent("root:" + entry.path(), mode, content));
  }

  private byte[] content(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var left = MAX_CONTENT - contentBytes;
      var content = in.readNBytes((int) Math.min(left + 1, Integer.MAX_VALUE - 8));
      if (content.length > left) {
        throw new IOException("image: root/ holds more than %d bytes".formatted(MAX_CONTENT));
      }
      contentBytes += content.length;
      return content;
    }
  }

  private static int permissions(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0777;
  }
}
