package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.tar.Owner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The files of a layer, which come from this machine or from a test.
final class ImageFiles {
  private static final Pattern LIBRARY = Pattern.compile("(?m)(?:=> |^\\t)(/\\S+) \\(0x");
  private static final int PROGRAM = 0755;
  private static final int PLAIN = 0644;

  private final Map<String, LayerFile> files = new TreeMap<>();

  List<LayerFile> all() {
    return List.copyOf(files.values());
  }

  /// Returns the files of an image that has nothing but busybox.
  ///
  /// @param applets the names in `/bin` under which programs call it
  static ImageFiles ofBusybox(String... applets) throws IOException {
    var files =
        new ImageFiles()
            .program("/bin/busybox")
            .directory("/tmp", 01777)
            .directory("/proc", 0555)
            .directory("/dev", 0755)
            .directory("/sys", 0555)
            .directory("/run", 0755)
            .text("/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    for (var applet : applets) {
      files.link("/bin/" + applet, "busybox");
    }
    return files;
  }

  /// Adds a program of this machine with the libraries that it needs.
  ImageFiles program(String path) throws IOException {
    file(path, Files.readAllBytes(Path.of(path).toRealPath()), PROGRAM);
    var process = new ProcessBuilder("ldd", path).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    var found = LIBRARY.matcher(said);
    while (found.find()) {
      file(found.group(1), Files.readAllBytes(Path.of(found.group(1)).toRealPath()), PROGRAM);
    }
    return this;
  }

  /// Adds a folder of this machine with everything in it, but no folder with one of these names.
  /// Programs in it come with the libraries that they need.
  ImageFiles tree(String path, Set<String> without) throws IOException {
    try (var entries = Files.newDirectoryStream(Path.of(path))) {
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        if (Files.isSymbolicLink(entry)) {
          link(entry.toString(), Files.readSymbolicLink(entry).toString());
        } else if (Files.isDirectory(entry) && !without.contains(name)) {
          tree(entry.toString(), without);
        } else if (name.endsWith(".so")) {
          program(entry.toString());
        } else if (Files.isRegularFile(entry)) {
          file(entry.toString(), Files.readAllBytes(entry), PLAIN);
        }
      }
    }
    return this;
  }

  ImageFiles text(String path, String content) {
    return file(path, content.getBytes(UTF_8), PLAIN);
  }

  ImageFiles file(String path, byte[] content, int mode) {
    return add(
        path, new Content.Bytes(content.length, () -> new ByteArrayInputStream(content)), mode);
  }

  ImageFiles link(String path, String target) {
    return add(path, new Content.Other(new LayerNode.SymbolicLink(target)), 0777);
  }

  ImageFiles directory(String path, int mode) {
    return add(path, new Content.Other(new LayerNode.Directory()), mode);
  }

  /// Adds a folder that does not belong to root.
  ImageFiles directory(String path, int mode, Owner owner) {
    directory(path, mode);
    var folder = new Content.Other(new LayerNode.Directory());
    files.put(path, new LayerFile(path, folder, new FileAttributes(mode, owner, 0, Map.of())));
    return this;
  }

  private ImageFiles add(String path, Content content, int mode) {
    for (var parent = Path.of(path).getParent();
        parent != null && parent.getNameCount() > 0;
        parent = parent.getParent()) {
      files.putIfAbsent(
          parent.toString(),
          new LayerFile(
              parent.toString(),
              new Content.Other(new LayerNode.Directory()),
              FileAttributes.of(PROGRAM)));
    }
    files.put(path, new LayerFile(path, content, FileAttributes.of(mode)));
    return this;
  }
}
