package dev.testudo.policy.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells names of hosts from addresses. Nothing is looked up.
public final class Hosts {
  /// Underscores are no part of host names (RFC 1123), but of names that people give to services.
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  private static final int MAX_LENGTH = 253;

  private Hosts() {}

  /// True for the name of a host, `db.mycluster.local`; an IPv4 address looks like one, too.
  public static boolean isDnsName(String text) {
    return text.length() <= MAX_LENGTH
        && Arrays.stream(text.split("\\.", -1)).allMatch(label -> LABEL.matcher(label).matches());
  }

  /// True for a name that may stand in a certificate: a host's, or `*.` before one.
  public static boolean isCertificateName(String text) {
    return isDnsName(text.startsWith("*.") ? text.substring(2) : text);
  }

  /// The address that `text` is, in the usual notation of IPv4 or IPv6.
  public static Optional<InetAddress> literal(String text) {
    // The library's parser takes shorter IPv4 forms too, `127.1`, which hide what is meant.
    var usual = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || text.contains(":");
    try {
      return usual ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
