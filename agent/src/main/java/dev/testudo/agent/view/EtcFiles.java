package dev.testudo.agent.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The parts of `/etc` that programs need to load libraries, look up names, tell the time and trust
/// public authorities.
///
/// Single files are copied from the machine when the view is built, and only if everybody may read
/// them. The lists of users and groups are generated.
final class EtcFiles {
  private static final List<String> FILES =
      List.of(
          "ca-certificates.conf",
          "debian_version",
          "gai.conf",
          "host.conf",
          "hostname",
          "hosts",
          "ld.so.cache",
          "ld.so.conf",
          "locale.alias",
          "locale.conf",
          "localtime",
          "magic",
          "magic.mime",
          "mime.types",
          "networks",
          "nginx/fastcgi.conf",
          "nginx/fastcgi_params",
          "nginx/mime.types",
          "nginx/scgi_params",
          "nginx/uwsgi_params",
          "nsswitch.conf",
          "os-release",
          "protocols",
          "resolv.conf",
          "rpc",
          "services",
          "shells",
          "ssl/openssl.cnf",
          "timezone",
          "pki/tls/openssl.cnf");

  private static final List<String> FOLDERS =
      List.of(
          "alternatives",
          "crypto-policies",
          "fonts",
          "ld.so.conf.d",
          "perl",
          "pki/ca-trust/extracted",
          "pki/tls/certs",
          "ssl/certs",
          "terminfo");

  /// Directories of language runtimes, whose names contain a version.
  private static final Pattern RUNTIMES =
      Pattern.compile("python[0-9.]*|java-[0-9]+-openjdk|java|nodejs");

  /// The size above which a file is not taken for configuration.
  private static final int LONGEST = 1 << 20;

  private static final int NOBODY = 65534;
  private static final int READABLE = 0644;

  private final Path etc;

  EtcFiles(Path etc) {
    this.etc = etc;
  }

  /// Returns the directories of which the program sees the machine's content.
  List<Path> folders() throws IOException {
    var folders = new ArrayList<Path>();
    for (var name : FOLDERS) {
      folders.add(etc.resolve(name));
    }
    if (Files.isDirectory(etc)) {
      try (var all = Files.newDirectoryStream(etc)) {
        for (var folder : all) {
          if (RUNTIMES.matcher(folder.getFileName().toString()).matches()) {
            folders.add(folder);
          }
        }
      }
    }
    return folders.stream().filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
  }

  /// Returns the files for the view, with their paths in it.
  List<Placed> files(UserIds user) throws IOException {
    var placed = new ArrayList<Placed>();
    for (var name : FILES) {
      copy(name).ifPresent(bytes -> placed.add(file("/etc/" + name, bytes)));
    }
    for (var folder : FOLDERS) {
      var path = etc.resolve(folder);
      if (Files.isSymbolicLink(path)) {
        placed.add(new Placed.Link("/etc/" + folder, Files.readSymbolicLink(path).toString()));
      }
    }
    placed.add(file("/etc/passwd", users(user).getBytes(UTF_8)));
    placed.add(file("/etc/group", groups(user).getBytes(UTF_8)));
    placed.add(new Placed.Link("/etc/mtab", "/proc/mounts"));
    return placed;
  }

  private static Placed file(String path, byte[] bytes) {
    return new Placed.File(path, READABLE, new Content.OfMachine(bytes));
  }

  /// Returns the machine's file. Follows links, because they lead to directories that the program
  /// does not see.
  private Optional<byte[]> copy(String name) throws IOException {
    var file = etc.resolve(name);
    if (!Files.isRegularFile(file)
        || !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
        || Files.size(file) > LONGEST) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(LONGEST));
    }
  }

  /// Returns the content of `/etc/passwd`. The service's user has a home, because many programs
  /// look for one, and no shell.
  private static String users(UserIds user) {
    var text = new StringBuilder();
    if (user.uid() != 0) {
      text.append("root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n");
    }
    text.append(
        "service:x:%d:%d:service:/tmp:/usr/sbin/nologin\n".formatted(user.uid(), user.gid()));
    if (user.uid() != NOBODY) {
      text.append("nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
    }
    return text.toString();
  }

  private static String groups(UserIds user) {
    var text = new StringBuilder();
    if (user.gid() != 0) {
      text.append("root:x:0:\n");
    }
    text.append("service:x:%d:\n".formatted(user.gid()));
    if (user.gid() != NOBODY) {
      text.append("nogroup:x:65534:\n");
    }
    return text.toString();
  }
}
