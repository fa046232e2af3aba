package dev.testudo.operator;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The options of `testudo operator`.
///
/// @param namespaces the namespaces to watch; empty for all
/// @param leaseNamespace the namespace of the lease; empty to work without one
/// @param lease how long the lease lasts without renewal
/// @param identity what the lease names as its holder
/// @param monitor where metrics and probes are answered
/// @param parts what it does besides the resources that are always watched
record OperatorOptions(
    List<String> namespaces,
    Optional<String> leaseNamespace,
    Duration lease,
    String identity,
    InetSocketAddress monitor,
    Set<Part> parts) {

  /// What can be left out or added.
  enum Part {
    /// Installs CAS.
    CAS,
    /// Answers the resources of SCONE.
    SCONE
  }

  private static final int MOST_PORT = 65_535;
  private static final int LEAST_LEASE = 3;
  private static final int MOST_LEASE = 600;

  OperatorOptions {
    namespaces = List.copyOf(namespaces);
    parts = Set.copyOf(parts);
  }

  /// Reads the arguments after `operator`.
  ///
  /// @param host the name of this machine, which is that of the pod
  /// @throws WrongOptionException if they are wrong
  @SuppressWarnings("AddressSelection") // a literal
  static OperatorOptions parse(List<String> arguments, String host) throws WrongOptionException {
    var namespaces = new TreeSet<String>();
    Optional<String> space = Optional.empty();
    // Longer than an API server usually needs to restart.
    var lease = Duration.ofSeconds(30);
    var identity = host;
    var monitor = new InetSocketAddress("127.0.0.1", 0);
    var parts = EnumSet.of(Part.SCONE);
    var rest = new ArrayList<>(arguments);
    while (!rest.isEmpty()) {
      var option = rest.removeFirst();
      switch (option) {
        case "--namespace" -> namespaces.add(value(option, rest));
        case "--lease-namespace" -> space = Optional.of(value(option, rest));
        case "--lease-seconds" -> lease = seconds(value(option, rest));
        case "--identity" -> identity = value(option, rest);
        case "--listen" -> monitor = address(value(option, rest));
        case "--without-scone" -> parts.remove(Part.SCONE);
        case "--with-cas" -> parts.add(Part.CAS);
        default -> throw new WrongOptionException("`%s` is not an option".formatted(option));
      }
    }
    return new OperatorOptions(List.copyOf(namespaces), space, lease, identity, monitor, parts);
  }

  private static String value(String option, List<String> rest) throws WrongOptionException {
    if (rest.isEmpty() || rest.getFirst().startsWith("--")) {
      throw new WrongOptionException("`%s` needs a value".formatted(option));
    }
    return rest.removeFirst();
  }

  private static Duration seconds(String text) throws WrongOptionException {
    if (text.matches("[0-9]{1,3}")) {
      var seconds = Integer.parseInt(text);
      if (seconds >= LEAST_LEASE && seconds <= MOST_LEASE) {
        return Duration.ofSeconds(seconds);
      }
    }
    throw new WrongOptionException(
        "`--lease-seconds` needs a number from %d to %d".formatted(LEAST_LEASE, MOST_LEASE));
  }

  @SuppressWarnings("AddressSelection") // an address of this machine, at which to listen
  private static InetSocketAddress address(String text) throws WrongOptionException {
    var colon = text.lastIndexOf(':');
    try {
      var port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= MOST_PORT) {
        return new InetSocketAddress(text.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new WrongOptionException("`--listen` needs HOST:PORT, not `%s`".formatted(text));
  }
}
