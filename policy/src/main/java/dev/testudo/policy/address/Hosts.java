package dev.testudo.policy.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// Distinguishes host names from IP addresses by their text. Looks nothing up.
public final class Hosts {
  /// A label of a host name. RFC 1123 has no underscores, but people use them in names of services.
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  private static final int MAX_LENGTH = 253;

  private Hosts() {}

  /// Returns true for a host name such as `db.mycluster.local`. An IPv4 address passes, too.
  public static boolean isDnsName(String text) {
    return text.length() <= MAX_LENGTH
        && Arrays.stream(text.split("\\.", -1)).allMatch(label -> LABEL.matcher(label).matches());
  }

  /// Returns true for a name that a certificate may contain: a host name, or `*.` before one.
  public static boolean isCertificateName(String text) {
    return isDnsName(text.startsWith("*.") ? text.substring(2) : text);
  }

  /// Returns the address if `text` is an IPv4 address in dotted-quad form or an IPv6 address.
  public static Optional<InetAddress> literal(String text) {
    // The library also parses short IPv4 forms such as `127.1`. They are refused as misleading.
    var usual = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || text.contains(":");
    try {
      return usual ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
