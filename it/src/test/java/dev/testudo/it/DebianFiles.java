package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Files of Debian packages that this machine has, for images: their programs, the libraries that
/// these need, and no documentation. Much quicker than to install the packages into an image.
final class DebianFiles {
  private static final Pattern LEFT_OUT =
      Pattern.compile("/usr/share/(doc|man|locale|lintian|bug)/.*|.*/bitcode/.*|.*/llvmjit.*|/\\.");
  private static final Pattern LIBRARY = Pattern.compile("(?m)(?:=> |^\\t)(/\\S+) \\(0x");
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
  private static final int SYSTEM_USER = 900;

  private final ImageFiles files = new ImageFiles();
  private final List<String> programs = new ArrayList<>();

  private DebianFiles() {}

  /// Returns the files of packages, with the folders that every image has.
  ///
  /// @param users names of users besides root, each with a group of the same id
  static ImageFiles of(List<String> packages, List<String> users) throws IOException {
    var debian = new DebianFiles();
    var words = new ArrayList<>(List.of("dpkg", "-L"));
    words.addAll(packages);
    var listed = Command.run(words.toArray(String[]::new));
    if (listed.exit() != 0) {
      throw new AssertionError(listed.all());
    }
    for (var path : listed.out().lines().filter(line -> line.startsWith("/")).toList()) {
      debian.add(path);
    }
    debian.addLibraries();
    return debian.withFolders(users);
  }

  private void add(String name) throws IOException {
    var path = Path.of(name);
    if (LEFT_OUT.matcher(name).matches() || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isSymbolicLink(path)) {
      if (!Files.isDirectory(path)) {
        files.link(name, Files.readSymbolicLink(path).toString());
      }
    } else if (Files.isRegularFile(path)) {
      addFile(name);
    }
  }

  private void addFile(String name) throws IOException {
    var path = Path.of(name);
    var content = Files.readAllBytes(path);
    files.file(name, content, Files.isExecutable(path) ? 0755 : 0644);
    if (content.length > ELF.length && Arrays.equals(content, 0, ELF.length, ELF, 0, ELF.length)) {
      programs.add(name);
    }
  }

  private void addLibraries() throws IOException {
    var words = new ArrayList<>(List.of("ldd"));
    words.addAll(programs);
    // It complains of static programs.
    var said = Command.run(words.toArray(String[]::new)).out();
    for (var library : libraries(said)) {
      if (!programs.contains(library)) {
        programs.add(library);
        files.file(library, Files.readAllBytes(Path.of(library).toRealPath()), 0755);
      }
    }
  }

  private static List<String> libraries(String said) {
    return LIBRARY
        .matcher(said)
        .results()
        .map(found -> Path.of(found.group(1)).normalize().toString())
        .toList();
  }

  private ImageFiles withFolders(List<String> users) {
    var passwd = new StringBuilder("root:x:0:0::/:/bin/sh\n");
    var group = new StringBuilder("root:x:0:\n");
    for (var index = 0; index < users.size(); index++) {
      var id = SYSTEM_USER + index;
      passwd.append("%s:x:%d:%d::/:/bin/sh\n".formatted(users.get(index), id, id));
      group.append("%s:x:%d:\n".formatted(users.get(index), id));
    }
    return files
        .text("/etc/passwd", passwd.toString())
        .text("/etc/group", group.toString())
        .text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        // glibc asks the shield for addresses at /var/run/nscd/socket.
        .link("/var/run", "/run")
        .directory("/tmp", 01777)
        .directory("/proc", 0555)
        .directory("/dev", 0755)
        .directory("/sys", 0555)
        .directory("/run", 0755);
  }
}
