package dev.testudo.policy.shield;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.Fields;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Reads the extensions that set the TLS parameters of a protected rule: `_ALPN`,
/// `_TLS_MIN`, `_CLIENT_NAMES`.
record TlsTermsReader(RuleVariables rule, Problems problems) {
  /// The longest protocol id: its length is one byte on the wire (RFC 7301).
  private static final int MAX_PROTOCOL = 255;

  private static final Pattern WORD = Pattern.compile("[^\\s,]+");

  /// Returns the protocols of foreign peers in order of preference.
  List<String> alpn() {
    return list(
        Suffix.ALPN,
        TlsTermsReader::isForeignProtocol,
        "`%s` is not the id of a protocol of foreign peers",
        "list ids of the ALPN registry: `http/1.1`, `h2`");
  }

  private static boolean isForeignProtocol(String id) {
    return id.length() <= MAX_PROTOCOL
        && id.chars().allMatch(c -> c > ' ' && c <= '~')
        && !id.startsWith("testudo/");
  }

  /// Returns the names of which a client's certificate must contain one; empty accepts any.
  List<String> clientNames() {
    var text = rule.value(Suffix.CLIENT_NAMES);
    var anyone =
        rule.value(Suffix.CLIENT_AUTH)
            .filter(auth -> auth.value().strip().equals(PeerAuthReader.DISABLED));
    if (text.isPresent() && anyone.isPresent()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CONFLICTING_KEYS,
                  text.get().span(),
                  "rule %s requires names but no certificates".formatted(rule.name()))
              .labelled("a name counts only in a certificate of a trusted authority")
              .helped(
                  "set `%s` to CA certificates, or remove this"
                      .formatted(rule.variable(Suffix.CLIENT_AUTH))));
    }
    return list(
        Suffix.CLIENT_NAMES,
        name -> isHostName(name) || isUri(name),
        "`%s` is not the name of a client",
        "list DNS names or URIs in full, with commas: `web.local, spiffe://mesh/web`");
  }

  private static boolean isHostName(String text) {
    return Hosts.isDnsName(text) && Hosts.literal(text).isEmpty();
  }

  private static boolean isUri(String text) {
    try {
      var uri = new URI(text);
      return uri.isAbsolute()
          && !text.contains("*")
          && text.length() > uri.getScheme().length() + 1;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /// Returns the oldest TLS version accepted.
  TlsVersion minimum() {
    var text = rule.value(Suffix.TLS_MIN);
    if (text.isEmpty()) {
      return TlsVersion.TLS1_3;
    }
    return switch (text.get().value().strip()) {
      case "1.2" -> TlsVersion.TLS1_2;
      case "1.3" -> TlsVersion.TLS1_3;
      default -> {
        var name = "`" + rule.variable(Suffix.TLS_MIN) + "`";
        problems.add(Fields.notAmong(text.get(), name, List.of("1.2", "1.3")));
        yield TlsVersion.TLS1_3;
      }
    };
  }

  /// Returns the valid words of a list. Reports each invalid word at its own place.
  private List<String> list(Suffix suffix, Predicate<String> valid, String message, String help) {
    var text = rule.value(suffix);
    if (text.isEmpty()) {
      return List.of();
    }
    var words = new ArrayList<String>();
    var found = WORD.matcher(text.get().value());
    while (found.find()) {
      if (!valid.test(found.group())) {
        invalid(text.get().part(found.start(), found.end()), message, found.group(), help);
      } else if (words.contains(found.group())) {
        invalid(
            text.get().part(found.start(), found.end()),
            "`%s` is listed twice",
            found.group(),
            help);
      } else {
        words.add(found.group());
      }
    }
    if (words.isEmpty() && text.get().value().isBlank()) {
      invalid(text.get().span(), message, "", help);
    }
    return words;
  }

  private void invalid(Span span, String message, String word, String help) {
    problems.add(
        Diagnostic.error(DiagnosticId.INVALID_VALUE, span, message.formatted(word)).helped(help));
  }
}
