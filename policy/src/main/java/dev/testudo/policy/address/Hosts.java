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

  /// A number of a dotted quad. With a leading zero, some readers take it as octal.
  private static final String BYTE = "(0|[1-9][0-9]{0,2})";

  private static final Pattern DOTTED_QUAD = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

  /// A number with a leading zero in the dotted part of an IPv6 address.
  private static final Pattern LEADING_ZERO = Pattern.compile("[:.]0[0-9]+(\\.|$)");

  private Hosts() {}

  /// Returns true for a host name such as `db.mycluster.local`. An IPv4 address passes, too, but
  /// nothing else that ends with a number, because readers take that for an address.
  public static boolean isDnsName(String text) {
    var numeric = text.substring(text.lastIndexOf('.') + 1).chars().allMatch(Hosts::isDigit);
    return text.length() <= MAX_LENGTH
        && (!numeric || !text.contains(".") || DOTTED_QUAD.matcher(text).matches())
        && Arrays.stream(text.split("\\.", -1)).allMatch(label -> LABEL.matcher(label).matches());
  }

  /// Returns true for a name that a certificate may contain: a host name, or `*.` before one.
  public static boolean isCertificateName(String text) {
    return isDnsName(text.startsWith("*.") ? text.substring(2) : text);
  }

  /// Returns the address if `text` is an IPv4 address in dotted-quad form or an IPv6 address.
  public static Optional<InetAddress> literal(String text) {
    // The library also parses short IPv4 forms such as `127.1`. They are refused as misleading.
    var usual =
        DOTTED_QUAD.matcher(text).matches()
            || (text.contains(":") && !(text.contains(".") && LEADING_ZERO.matcher(text).find()));
    try {
      return usual ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
