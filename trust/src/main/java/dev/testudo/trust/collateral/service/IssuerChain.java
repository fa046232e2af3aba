package dev.testudo.trust.collateral.service;

import dev.testudo.trust.collateral.CollateralException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.net.URLDecoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// The certificates of who signed a reply, which Intel's service puts into a header, encoded as in
/// URLs.
final class IssuerChain {
  private IssuerChain() {}

  /// Returns the certificates in PEM.
  ///
  /// @param names the names that the header may have; caches use older ones, too
  /// @param limit the most characters of the header
  /// @param what the document, for messages
  /// @throws CollateralException if there is no such header, or it is malformed
  static String of(HttpHeaders headers, List<String> names, int limit, String what)
      throws CollateralException {
    for (var name : names) {
      var value = headers.firstValue(name);
      if (value.isPresent()) {
        return decoded(value.get(), name, limit, what);
      }
    }
    throw malformed(what, "comes without the header `%s`".formatted(names.getFirst()));
  }

  /// Decodes. A plus sign is a space in some services' encoding, and a digit of base64 in others',
  /// which leave it as it is: the first line of PEM tells.
  private static String decoded(String value, String name, int limit, String what)
      throws CollateralException {
    if (value.length() > limit) {
      throw malformed(what, "has more than %d characters in `%s`".formatted(limit, name));
    }
    var spaced = value.toUpperCase(Locale.ROOT).startsWith("-----BEGIN+CERTIFICATE");
    try {
      return URLDecoder.decode(
          spaced ? value : value.replace("+", "%2B"), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      throw malformed(what, "has a malformed header `%s`".formatted(name));
    }
  }

  private static CollateralException malformed(String what, String why) {
    return new CollateralException(Fault.SERVICE, "the reply about `%s` %s".formatted(what, why));
  }
}
