package dev.testudo.agent.single;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.policy.address.AddressText;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The narrowest rules under which a program can do again what it did, as an env file.
///
/// @param program the observed program, without its arguments, which may be secret
record Proposal(String program, Observed observed, AddressNames names) {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD";

  /// Where the C library looks for its cache daemon. Every program tries, and none needs it.
  private static final Set<String> NSCD = Set.of("/var/run/nscd/socket", "/run/nscd/socket");

  /// The range of ports from which Linux chooses one for sockets that do not ask for one.
  private static final int FIRST_EPHEMERAL = 32_768;

  private static final int LAST_EPHEMERAL = 60_999;

  /// A text under construction, in which each rule's name is unique.
  private static final class Draft {
    private final StringBuilder text = new StringBuilder();
    private final Set<String> taken = new LinkedHashSet<>();

    void line(String line) {
      text.append(line).append('\n');
    }

    String name(String side, String wanted) {
      var base = side + "_" + wanted.replaceAll("[^A-Za-z0-9.-]+", "-").replaceAll("^-|-$", "");
      var name = base;
      for (int i = 2; !taken.add(name); i++) {
        name = base + "-" + i;
      }
      return name;
    }
  }

  /// Returns the env file.
  String text() {
    var draft = new Draft();
    draft.line(
        "# Network shield rules for what %s did while it was watched.".formatted(safe(program)));
    draft.line("# What it did not do then is refused, so let it do everything it will have to.");
    draft.line(PREFIX + "=protected");
    otherProtocols(draft);
    listened(draft);
    connected(draft);
    if (observed.tooMuch()) {
      draft.line("");
      draft.line("# It did more than this; rules for `*` or names may be what is needed.");
    }
    return draft.text.toString();
  }

  private void otherProtocols(Draft draft) {
    var seen = observed.datagrams();
    if (seen.isEmpty()) {
      return;
    }
    draft.line("");
    draft.line("# It used UDP or another protocol that cannot be protected:");
    seen.stream().limit(10).forEach(address -> draft.line("#   " + safe(address.toString())));
    draft.line(
        "# Everything can leave by those. If it was for names only (port 53), remove this line:");
    draft.line("# the shield looks up the names in the rules below, for the program too.");
    draft.line(PREFIX + "_UNSUPPORTED_PROTOCOLS=unprotected");
  }

  private void listened(Draft draft) {
    var ports = new TreeSet<Integer>();
    for (var address : observed.listened()) {
      switch (address) {
        case Inet inet -> ports.add(inet.port());
        case SocketAddress.UnixPath(var path) -> unixServer(draft, path);
        case SocketAddress.UnixAbstract _,
            SocketAddress.UnixUnnamed _,
            SocketAddress.Unspecified _,
            SocketAddress.Other _ ->
            unconfigurable(draft, "It listened at", address);
      }
    }
    ports.forEach(port -> server(draft, port));
  }

  private static void unixServer(Draft draft, String path) {
    if (path.startsWith("@")) {
      unconfigurable(draft, "It listened at", new SocketAddress.UnixPath(path));
      return;
    }
    serverRule(draft, draft.name("SERVER", "unix" + path), "unix:" + path);
  }

  private static void server(Draft draft, int port) {
    if (port >= FIRST_EPHEMERAL && port <= LAST_EPHEMERAL) {
      draft.line("");
      draft.line(
          "# Port %d was probably the kernel's choice and another one next time;".formatted(port));
      draft.line("# a program under the shield must say which port it wants.");
    }
    serverRule(draft, draft.name("SERVER", "TCP-" + port), "TCP:" + port);
  }

  private static void serverRule(Draft draft, String name, String where) {
    var variable = PREFIX + "_" + name;
    draft.line("");
    draft.line(variable + "=unprotected");
    draft.line(variable + "_PORT=" + value(where));
    draft.line("# With TLS, transparently, put this in place of the mode:");
    draft.line("# " + variable + "=protected");
    draft.line("# " + variable + "_IDENTITY=\"private key, certificate and chain in PEM\"");
    draft.line(
        "# " + variable + "_CLIENT_AUTH=\"certificates of the clients' authorities in PEM\"");
  }

  private void connected(Draft draft) {
    var done = new LinkedHashSet<String>();
    for (var address : observed.connected()) {
      switch (address) {
        case Inet inet -> client(draft, inet, done);
        case SocketAddress.UnixPath(var path) -> unixClient(draft, path);
        case SocketAddress.UnixAbstract _,
            SocketAddress.UnixUnnamed _,
            SocketAddress.Unspecified _,
            SocketAddress.Other _ ->
            unconfigurable(draft, "It connected to", address);
      }
    }
  }

  private void client(Draft draft, Inet to, Set<String> done) {
    Optional<String> name = names.of(to.address());
    var literal = AddressText.of(to.address());
    var where = "TCP:%s:%d".formatted(name.orElse(AddressText.host(to.address())), to.port());
    if (!done.add(where)) {
      return;
    }
    var rule = draft.name("CLIENT", name.orElse(literal) + "-" + to.port());
    var variable = PREFIX + "_" + rule;
    draft.line("");
    draft.line(variable + "=unprotected");
    draft.line(variable + "_DESTINATION=" + value(where));
    if (name.isEmpty()) {
      draft.line(variable + "_DESTINATION_IP=" + literal);
    }
    clientSuggestion(draft, variable);
  }

  private static void unixClient(Draft draft, String path) {
    if (path.startsWith("@")) {
      unconfigurable(draft, "It connected to", new SocketAddress.UnixPath(path));
      return;
    }
    if (NSCD.contains(path)) {
      draft.line("");
      draft.line("# The C library asked its cache daemon at %s. It does without.".formatted(path));
      return;
    }
    var variable = PREFIX + "_" + draft.name("CLIENT", "unix" + path);
    draft.line("");
    draft.line(variable + "=unprotected");
    draft.line(variable + "_DESTINATION=" + value("unix:" + path));
    clientSuggestion(draft, variable);
  }

  private static void clientSuggestion(Draft draft, String variable) {
    draft.line("# With TLS, transparently, put this in place of the mode:");
    draft.line("# " + variable + "=protected");
    draft.line(
        "# " + variable + "_SERVER_AUTH=\"certificates of the server's authorities in PEM\"");
  }

  private static void unconfigurable(Draft draft, String what, SocketAddress address) {
    draft.line("");
    draft.line(
        "# %s %s, for which there can be no rule:".formatted(what, safe(address.toString())));
    draft.line("# under the protected mode it is refused.");
  }

  /// Returns a value in the syntax of an env file.
  private static String value(String text) {
    return text.matches("[A-Za-z0-9_:./\\[\\]@-]+")
        ? text
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /// Returns text from outside in a form that is safe in a one-line comment.
  private static String safe(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
