package dev.testudo.agent;

import dev.testudo.shield.Resolver;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Names as a hosts(5) file gives them; what it does not have is asked of another resolver.
final class HostsFile implements Resolver {
  private final Map<String, Set<InetAddress>> addresses = new HashMap<>();
  private final Resolver otherwise;

  HostsFile(String text, Resolver otherwise) {
    this.otherwise = otherwise;
    text.lines().forEach(this::read);
  }

  /// One line: an address and its names. Lines that are not so are passed over, as the C library
  /// does.
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
