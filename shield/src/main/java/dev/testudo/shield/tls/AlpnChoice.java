package dev.testudo.shield.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.source.Printable;
import dev.testudo.shield.rule.Alpn;
import java.util.List;
import java.util.stream.Collectors;

/// A server's decision on the ALPN protocols that a client offers. Protocol ids are byte strings;
/// here each character stands for one byte, as in JSSE.
sealed interface AlpnChoice {
  /// Continue with this protocol.
  record Accept(String protocol) implements AlpnChoice {}

  /// End the handshake with `no_application_protocol`.
  record Refuse(String reason) implements AlpnChoice {}

  /// Decides on `offered`, which is not empty. Must not be called for a client without ALPN.
  static AlpnChoice of(List<String> offered, String rule, Alpn alpn) {
    if (offered.contains(wire(alpn.id()))) {
      return new Accept(wire(alpn.id()));
    }
    if (offered.stream().anyMatch(Alpn::isOurs)) {
      return new Refuse("peer meant %s, rule %s is %s".formatted(shown(offered), rule, alpn.id()));
    }
    for (var foreign : alpn.foreign()) {
      if (offered.contains(wire(foreign))) {
        return new Accept(wire(foreign));
      }
    }
    return new Refuse(
        "peer offers only the ALPN protocols %s, which rule %s does not list"
            .formatted(shown(offered), rule));
  }

  /// Returns the bytes of `id` in JSSE's form, one character per byte.
  static String wire(String id) {
    return new String(id.getBytes(UTF_8), ISO_8859_1);
  }

  /// Returns the id whose bytes JSSE gives as `wire`.
  static String read(String wire) {
    return new String(wire.getBytes(ISO_8859_1), UTF_8);
  }

  /// Formats the offered ids for a log. The peer chose these bytes, so the result is short
  /// and printable.
  private static String shown(List<String> offered) {
    return offered.stream()
        .limit(4)
        .map(id -> new String(id.getBytes(ISO_8859_1), UTF_8))
        .map(id -> Printable.of(id.substring(0, Math.min(id.length(), 120))))
        .collect(Collectors.joining(", "));
  }
}
