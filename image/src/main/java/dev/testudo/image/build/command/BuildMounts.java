package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.image.build.sandbox.SandboxMount;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/// What commands see besides the files of the image: directories that are thrown away, and copies
/// of the files with which names are looked up and authorities are known.
final class BuildMounts {
  /// Where the certificates of authorities are.
  static final String CERTIFICATES = "/run/testudo/certificates.pem";

  private static final int MAX_LINKS = 40;
  private static final long MAX_FILE = 16 << 20;
  private static final String LOOPBACK = "127.0.0.1 localhost build\n::1 localhost\n";

  private BuildMounts() {}

  /// Creates the mounts.
  static List<SandboxMount> of(Sandbox sandbox, ImageTree tree, BuildAccess access, boolean network)
      throws IOException {
    var mounts = new ArrayList<SandboxMount>();
    for (var scratch : ScratchDirectory.values()) {
      var directory = sandbox.tree().resolve(scratch.name().toLowerCase(Locale.ROOT));
      Files.createDirectory(directory);
      Files.setAttribute(directory, "unix:mode", scratch.mode());
      mounts.add(new SandboxMount(directory, resolve(tree, scratch.path()), false));
    }
    var hosts = sandbox.files().resolve("hosts");
    write(hosts, LOOPBACK + (network ? text(Path.of("/etc/hosts")) : ""));
    mounts.add(new SandboxMount(hosts, resolve(tree, "/etc/hosts"), false));
    if (network) {
      var names = sandbox.files().resolve("resolv.conf");
      write(names, text(Path.of("/etc/resolv.conf")));
      mounts.add(new SandboxMount(names, resolve(tree, "/etc/resolv.conf"), false));
    }
    if (access.certificates().isPresent()) {
      var copy = sandbox.files().resolve("certificates.pem");
      write(copy, text(access.certificates().get()));
      mounts.add(new SandboxMount(copy, resolve(tree, "/run") + CERTIFICATES.substring(4), true));
    }
    return mounts;
  }

  /// Writes a file that all users of the sandbox may read, whatever the umask is.
  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, ISO_8859_1);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static String text(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE) {
      return "";
    }
    return Files.readString(file, ISO_8859_1);
  }

  /// Returns where a path leads in an image, also if nothing is there: without links, `.` and `..`.
  static String resolve(ImageTree tree, String path) {
    var done = "";
    Deque<String> rest = new ArrayDeque<>(List.of(path.split("/")));
    var links = 0;
    while (!rest.isEmpty()) {
      var name = rest.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        done = done.substring(0, Math.max(0, done.lastIndexOf('/')));
        continue;
      }
      var next = done + "/" + name;
      var found = tree.findLink(next);
      if (found.isPresent()
          && found.get().file().node() instanceof LayerNode.SymbolicLink(var target)
          && ++links <= MAX_LINKS) {
        done = target.startsWith("/") ? "" : done;
        List.of(target.split("/")).reversed().forEach(rest::push);
      } else {
        done = next;
      }
    }
    return done.isEmpty() ? "/" : done;
  }
}
