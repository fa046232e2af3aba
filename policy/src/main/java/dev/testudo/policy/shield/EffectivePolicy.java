package dev.testudo.policy.shield;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.address.Hosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A table of what a shield does: every rule in the order of names, then what happens to everything
/// else. It contains no keys and no certificates.
public record EffectivePolicy(List<Row> rows) {
  private static final Row HEADER =
      new Row("rule", "direction", "mode", "where", "identity", "peers", "tls");

  /// The text shown instead of rules when the mode is [DefaultMode#DISABLED].
  public static final String DISABLED =
      "the network shield is disabled (the default when none of its variables is set):"
          + " everything passes untouched";

  /// One line of the table.
  ///
  /// @param rule the rule's name; `-` for whatever no rule matches
  /// @param direction `in`, `out` or `other`
  /// @param mode `unprotected`, `protected` or `refuse`
  /// @param where port, path or destination with its address
  /// @param identity `given`, `made for this run` or `none`; `-` without TLS
  /// @param peers the peers that the rule accepts; `-` without TLS
  /// @param tls TLS versions, and protocols of foreign peers; `-` without TLS
  public record Row(
      String rule,
      String direction,
      String mode,
      String where,
      String identity,
      String peers,
      String tls) {
    private List<String> cells() {
      return List.of(rule, direction, mode, where, identity, peers, tls);
    }
  }

  public EffectivePolicy {
    rows = List.copyOf(rows);
  }

  /// Returns the policy that the given rules make.
  public static EffectivePolicy of(ShieldRules rules) {
    var rows = new ArrayList<Row>();
    rules.servers().forEach(rule -> rows.add(row(rule)));
    rules.clients().forEach(rule -> rows.add(row(rule)));
    var rest = rules.mode() == DefaultMode.PROTECTED ? "refuse" : "unprotected";
    rows.add(plain("-", "in", rest, "every other port and path"));
    rows.add(plain("-", "out", rest, "every other destination"));
    var others =
        switch (rules.unsupportedProtocols()) {
          case UNPROTECTED -> "unprotected";
          case REFUSE -> rules.mode() == DefaultMode.DISABLED ? "unprotected" : "refuse";
        };
    rows.add(plain("-", "other", others, "UDP and other protocols"));
    return new EffectivePolicy(rows);
  }

  /// Returns a header and one line per rule, aligned in columns, without line ends.
  public List<String> lines() {
    var all = Stream.concat(Stream.of(HEADER), rows.stream()).map(Row::cells).toList();
    var widths = new int[HEADER.cells().size()];
    for (var cells : all) {
      for (var i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], cells.get(i).length());
      }
    }
    return all.stream().map(cells -> line(cells, widths)).toList();
  }

  private static String line(List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (var i = 0; i < widths.length; i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  private static Row plain(String rule, String direction, String mode, String where) {
    return new Row(rule, direction, mode, where, "-", "-", "-");
  }

  private static Row row(ServerRule rule) {
    var name = rule.name().value();
    var where = rule.listen().toString();
    return switch (rule.treatment()) {
      case ServerTreatment.Unprotected() -> plain(name, "in", "unprotected", where);
      case ServerTreatment.Refuse() -> plain(name, "in", "refuse", where);
      case ServerTreatment.Protected(var identity, var auth, var alpn, var names, var minimum) ->
          new Row(
              name,
              "in",
              "protected",
              where,
              identity.isPresent() ? "given" : "made for this run",
              clients(auth, names),
              tls(minimum, alpn));
    };
  }

  private static String clients(PeerAuth auth, List<String> names) {
    return switch (auth) {
      case PeerAuth.Disabled() -> "anyone";
      case PeerAuth.Authorities _ ->
          names.isEmpty() ? "of CLIENT_AUTH" : "of CLIENT_AUTH: " + String.join(", ", names);
    };
  }

  private static Row row(ClientRule rule) {
    var name = rule.name().value();
    var where = where(rule.destination());
    return switch (rule.treatment()) {
      case ClientTreatment.Unprotected() -> plain(name, "out", "unprotected", where);
      case ClientTreatment.Refuse() -> plain(name, "out", "refuse", where);
      case ClientTreatment.Protected(
              var identity,
              var auth,
              var serverName,
              var alpn,
              var minimum) ->
          new Row(
              name,
              "out",
              "protected",
              where,
              identity.isPresent() ? "given" : "none",
              server(auth, serverName.or(() -> host(rule.destination()))),
              tls(minimum, alpn));
    };
  }

  private static String where(Destination destination) {
    return switch (destination) {
      case Destination.UnixPath path -> path.toString();
      case Destination.Tcp tcp ->
          switch (tcp.address()) {
            case AddressMatch.Any() -> tcp + " at any address";
            case AddressMatch.Resolve() -> tcp.toString();
            case AddressMatch.Exactly(var address)
                when Hosts.literal(tcp.host()).filter(address::equals).isPresent() ->
                tcp.toString();
            case AddressMatch.Exactly(var address) -> tcp + " at " + AddressText.of(address);
          };
    };
  }

  private static Optional<String> host(Destination destination) {
    return switch (destination) {
      case Destination.UnixPath _ -> Optional.empty();
      case Destination.Tcp(var host, _, _) -> Optional.of(host);
    };
  }

  private static String server(PeerAuth auth, Optional<String> name) {
    return switch (auth) {
      case PeerAuth.Disabled() -> "anyone";
      case PeerAuth.Authorities _ -> "of SERVER_AUTH" + name.map(n -> ": " + n).orElse("");
    };
  }

  private static String tls(TlsVersion minimum, List<String> alpn) {
    var versions =
        Stream.of(TlsVersion.values())
            .filter(version -> version.compareTo(minimum) >= 0)
            .map(TlsVersion::toString)
            .collect(Collectors.joining(", "));
    return alpn.isEmpty() ? versions : versions + "; " + String.join(", ", alpn);
  }
}
