package dev.testudo.policy.shield;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// Parses `TCP:<port>`, `TCP:<host>:<port>` and `unix:<path>`.
final class Endpoints {
  /// The longest path that fits into a `sockaddr_un` with its terminating zero (unix(7)).
  private static final int MAX_UNIX_PATH = 107;

  private static final String TCP = "TCP:";
  private static final String UNIX = "unix:";

  private final Problems problems;

  Endpoints(Problems problems) {
    this.problems = problems;
  }

  /// The host and the port of a destination.
  record HostPort(String host, int port) {}

  Optional<Listen> listen(Text text) {
    var value = text.value();
    if (value.startsWith(UNIX)) {
      return path(text).map(Listen.UnixPath::new);
    }
    if (!isTcp(value)) {
      return protocol(text, "TCP:8080");
    }
    return port(text, TCP.length()).map(Listen.Tcp::new);
  }

  /// Parses a destination.
  ///
  /// @param address the value of `_DESTINATION_IP`
  Optional<Destination> destination(Text text, Optional<AddressMatch> address) {
    var value = text.value();
    if (value.startsWith(UNIX)) {
      return path(text).map(Destination.UnixPath::new);
    }
    if (!isTcp(value)) {
      return protocol(text, "TCP:db.mycluster.local:8080");
    }
    var colon = value.lastIndexOf(':');
    if (colon < TCP.length()) {
      return invalid(text.span(), "the destination has no port", "write `TCP:<host>:<port>`");
    }
    var host = host(text, TCP.length(), colon);
    var port = port(text, colon + 1);
    return host.flatMap(h -> port.map(p -> tcp(h, p, address)));
  }

  /// Returns a TCP destination. An IP address in place of the host name needs no lookup.
  private static Destination tcp(String host, int port, Optional<AddressMatch> address) {
    var own = Hosts.literal(host).<AddressMatch>map(AddressMatch.Exactly::new);
    return new Destination.Tcp(
        host, port, address.or(() -> own).orElseGet(AddressMatch.Resolve::new));
  }

  Optional<AddressMatch> address(Text text) {
    if (text.value().equals("*")) {
      return Optional.of(new AddressMatch.Any());
    }
    var address = Hosts.literal(text.value());
    return address.isPresent()
        ? address.map(AddressMatch.Exactly::new)
        : invalid(
            text.span(),
            "`%s` is not an IP address".formatted(text.value()),
            "write an IPv4 or IPv6 address, or `*` for all");
  }

  private Optional<String> host(Text text, int from, int to) {
    var host = text.value().substring(from, to);
    var bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    var valid = bare.equals(host) ? Hosts.isDnsName(host) : Hosts.literal(bare).isPresent();
    return valid
        ? Optional.of(bare)
        : invalid(
            from < to ? text.part(from, to) : text.span(),
            "`%s` is not the name of a host".formatted(host),
            "write `TCP:<host>:<port>`, an IPv6 address in brackets");
  }

  private Optional<Integer> port(Text text, int from) {
    var port = text.value().substring(from);
    var number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
    return number >= 1 && number <= 65_535
        ? Optional.of(number)
        : invalid(
            port.isEmpty() ? text.span() : text.part(from, text.value().length()),
            "`%s` is not a port".formatted(port),
            "ports are numbers from 1 to 65535");
  }

  private Optional<String> path(Text text) {
    var path = text.value().substring(UNIX.length());
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      return invalid(
          text.span(),
          "`%s` is not an absolute path".formatted(path),
          "only Unix sockets with a path can be configured: `unix:/run/app/socket`");
    }
    if (path.length() > MAX_UNIX_PATH) {
      return invalid(
          text.span(),
          "the path has more than %d characters".formatted(MAX_UNIX_PATH),
          "choose a shorter path; the kernel accepts no longer one");
    }
    return Optional.of(path);
  }

  private static boolean isTcp(String value) {
    return value.regionMatches(true, 0, TCP, 0, TCP.length());
  }

  private <T> Optional<T> protocol(Text text, String example) {
    return invalid(
        text.span(),
        "`%s` is neither TCP nor a Unix socket".formatted(text.value()),
        "write `%s` or `unix:/run/app/socket`".formatted(example));
  }

  private <T> Optional<T> invalid(Span span, String message, String help) {
    problems.add(Diagnostic.error(DiagnosticId.INVALID_VALUE, span, message).helped(help));
    return Optional.empty();
  }
}
