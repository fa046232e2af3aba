package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Resolves names from the content of a hosts(5) file, and asks another resolver for all
/// other names.
public final class HostsFile implements Resolver {
  private static final long LARGEST = 1 << 20;

  private final Map<String, Set<InetAddress>> addresses = new HashMap<>();
  private final Resolver otherwise;

  /// Creates a resolver for `text`, the content of a hosts(5) file. Names that it lacks are left
  /// to `otherwise`.
  public HostsFile(String text, Resolver otherwise) {
    this.otherwise = otherwise;
    text.lines().forEach(this::read);
  }

  /// Returns a resolver for the machine's `/etc/hosts` as it is now, without a fallback. A file
  /// that cannot be read or is larger than 1 MiB counts as empty.
  public static HostsFile alone() {
    return alone(content());
  }

  /// Returns a resolver for `text` without a fallback.
  public static HostsFile alone(String text) {
    return new HostsFile(text, _ -> Set.of());
  }

  private static String content() {
    try {
      var path = Path.of("/etc/hosts");
      return Files.size(path) > LARGEST ? "" : Files.readString(path, ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  /// Reads one line: an address and its names. Skips malformed lines, as the C library does.
  private void read(String line) {
    var words = line.replaceFirst("#.*", "").strip().split("\\s+");
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(words[0]);
    } catch (IllegalArgumentException _) {
      return;
    }
    for (var i = 1; i < words.length; i++) {
      addresses.computeIfAbsent(lower(words[i]), _ -> new LinkedHashSet<>()).add(address);
    }
  }

  @Override
  public Set<InetAddress> resolve(String host) {
    var found = addresses.get(lower(host));
    return found == null ? otherwise.resolve(host) : Set.copyOf(found);
  }

  private static String lower(String host) {
    return host.toLowerCase(Locale.ROOT);
  }
}
