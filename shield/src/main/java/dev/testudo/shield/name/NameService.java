package dev.testudo.shield.name;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.address.Hosts;
import dev.testudo.policy.shield.AddressMatch;
import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.UnsupportedProtocols;
import dev.testudo.shield.Resolver;
import dev.testudo.shield.rule.HostAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Answers the program's lookups of the hosts that its rules name, if the rules leave it no other
/// name service. The C library asks nscd(8) before it resolves a name itself. This class speaks the
/// nscd protocol (version 2, `nscd/nscd-client.h` of glibc) on nscd's socket path.
///
/// Hosts of rules have the addresses that the rules cover. Other names have the addresses in
/// `/etc/hosts`. Any other name does not exist, and no address has a name. The shield never asks
/// the network on behalf of the program, so a lookup cannot carry data out.
public final class NameService {
  /// The longest request: its header, and the longest name that can have an answer.
  public static final int LONGEST_QUESTION = 12 + 1024;

  private static final Set<String> PLACES = Set.of("/var/run/nscd/socket", "/run/nscd/socket");
  private static final Set<Integer> PORTS_OF_NAME_SERVERS = Set.of(53, 853);
  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
  private static final int MOST_ADDRESSES = 32;

  private static final int VERSION = 2;
  private static final int GETHOSTBYNAME = 4;
  private static final int GETHOSTBYNAMEV6 = 5;
  private static final int GETHOSTBYADDR = 6;
  private static final int GETHOSTBYADDRV6 = 7;
  private static final int GETAI = 14;
  private static final int HOST_NOT_FOUND = 1;
  private static final byte[] NO_ANSWER = {};

  /// The hosts of rules that state one address each.
  private final Map<String, Set<InetAddress>> stated = new HashMap<>();

  /// The hosts of rules that the shield looks up: lower-case name to the name that
  /// [HostAddresses] knows.
  private final Map<String, String> lookedUp = new HashMap<>();

  private final HostAddresses names;
  private final Resolver others;

  /// Whether the rules let the program reach another name service.
  private final boolean othersMayBeAsked;

  private NameService(ShieldRules rules, HostAddresses names, Resolver others) {
    this.names = names;
    this.others = others;
    this.othersMayBeAsked = rules.clients().stream().anyMatch(NameService::mayLeadToNames);
    for (var rule : rules.clients()) {
      if (rule.destination() instanceof Destination.Tcp(var host, _, var match)
          && Hosts.literal(host).isEmpty()) {
        var name = canonical(host);
        switch (match) {
          case AddressMatch.Exactly(var address) ->
              stated.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(address);
          case AddressMatch.Resolve _ -> lookedUp.put(name, host);
          case AddressMatch.Any _ -> {}
        }
      }
    }
  }

  /// Returns the name service for a program under `rules`. Returns empty if the rules do not
  /// restrict the program's lookups, or if they name no host with an address.
  ///
  /// @param others resolves the hosts that no rule names, without the network
  public static Optional<NameService> of(ShieldRules rules, HostAddresses names, Resolver others) {
    if (rules.mode() != DefaultMode.PROTECTED
        || rules.unsupportedProtocols() != UnsupportedProtocols.REFUSE) {
      return Optional.empty();
    }
    var service = new NameService(rules, names, others);
    return service.stated.isEmpty() && service.lookedUp.isEmpty()
        ? Optional.empty()
        : Optional.of(service);
  }

  /// Returns whether `rule` may lead to a name service: over a Unix socket (such as
  /// systemd-resolved's) or by DNS over TCP.
  private static boolean mayLeadToNames(ClientRule rule) {
    return switch (rule.destination()) {
      case Destination.UnixPath _ -> true;
      case Destination.Tcp(_, var port, _) -> PORTS_OF_NAME_SERVERS.contains(port);
    };
  }

  /// Returns whether the C library looks for nscd at `path`.
  public static boolean isAt(String path) {
    return PLACES.contains(path);
  }

  /// Returns the answer to the request that `question` holds up to its position. Returns empty
  /// while the request is incomplete, and an empty array if the program gets no answer.
  public Optional<byte[]> answer(ByteBuffer question) {
    var read = question.duplicate().order(ByteOrder.nativeOrder()).flip();
    if (read.remaining() < 12) {
      return Optional.empty();
    }
    int version = read.getInt();
    int kind = read.getInt();
    int length = read.getInt();
    if (version != VERSION || length < 1 || length > LONGEST_QUESTION - 12) {
      return Optional.of(NO_ANSWER);
    }
    if (read.remaining() < length) {
      return Optional.empty();
    }
    var name = new byte[length - 1]; // without the final zero byte
    read.get(name);
    return Optional.of(answer(kind, new String(name, UTF_8)));
  }

  private byte[] answer(int kind, String name) {
    return switch (kind) {
      case GETAI -> addressInformation(name);
      case GETHOSTBYNAME -> host(name, 4);
      case GETHOSTBYNAMEV6 -> host(name, 16);
      // Without an answer, the C library would not ask here again for its next 100 lookups.
      case GETHOSTBYADDR, GETHOSTBYADDRV6 -> notFound(8);
      default -> NO_ANSWER;
    };
  }

  private List<InetAddress> addresses(String asked) {
    var name = canonical(asked);
    var found = new LinkedHashSet<>(stated.getOrDefault(name, Set.of()));
    Optional.ofNullable(lookedUp.get(name)).map(names::addresses).ifPresent(found::addAll);
    if (found.isEmpty()) {
      found.addAll(others.resolve(name));
    }
    if (found.isEmpty() && name.equals("localhost")) {
      found.addAll(LOOPBACK); // RFC 6761, section 6.3
    }
    return found.stream().limit(MOST_ADDRESSES).toList();
  }

  private static String canonical(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /// Encodes `ai_response_header` (version, found, number of addresses, their total bytes, bytes of
  /// the canonical name, error), then the addresses, their families and the canonical name.
  private byte[] addressInformation(String name) {
    var found = addresses(name);
    if (found.isEmpty()) {
      return notFound(6);
    }
    int bytes = found.stream().mapToInt(address -> address.getAddress().length).sum();
    var canonical = terminated(name);
    var answer = new byte[24 + bytes + found.size() + canonical.length];
    var rest = words(answer, VERSION, 1, found.size(), bytes, canonical.length, 0);
    found.forEach(address -> rest.put(address.getAddress()));
    found.forEach(address -> rest.put((byte) family(address)));
    rest.put(canonical);
    return answer;
  }

  /// Encodes `hst_response_header` (version, found, bytes of the name, number of aliases, family,
  /// bytes of an address, number of addresses, error), then the name and the addresses.
  private byte[] host(String name, int bytes) {
    var found = addresses(name).stream().filter(a -> a.getAddress().length == bytes).toList();
    if (found.isEmpty()) {
      return notFound(8);
    }
    var canonical = terminated(name);
    var answer = new byte[32 + canonical.length + found.size() * bytes];
    var rest =
        words(
            answer,
            VERSION,
            1,
            canonical.length,
            0,
            family(found.getFirst()),
            bytes,
            found.size(),
            0);
    rest.put(canonical);
    found.forEach(address -> rest.put(address.getAddress()));
    return answer;
  }

  /// Returns a "no such host" header of `words` words, or no answer if another name service may
  /// know the host.
  private byte[] notFound(int words) {
    if (othersMayBeAsked) {
      return NO_ANSWER;
    }
    var answer = new byte[words * 4];
    words(answer, VERSION).putInt((words - 1) * 4, HOST_NOT_FOUND);
    return answer;
  }

  /// Writes the words at the start of `answer`. Returns a buffer positioned after them.
  private static ByteBuffer words(byte[] answer, int... words) {
    var buffer = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    for (int word : words) {
      buffer.putInt(word);
    }
    return buffer;
  }

  private static byte[] terminated(String name) {
    return (name + '\0').getBytes(UTF_8);
  }

  private static int family(InetAddress address) {
    return address instanceof Inet4Address ? 2 : 10;
  }
}
