package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.address.Hosts;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Assigns a loopback address to each service of a mesh, so that services can use the same port and
/// meshes can run side by side. The second and third byte derive from the namespace, the last from
/// the service's position in the Meshfile. The same Meshfile always gives the same addresses.
public final class AddressPlan {
  /// The most services: the last byte runs from 2 to 251.
  static final int MAX_SERVICES = 250;

  private final Map<String, String> addresses;

  private AddressPlan(Map<String, String> addresses) {
    this.addresses = Collections.unmodifiableMap(addresses);
  }

  /// Plans the addresses of `services`, in this order.
  ///
  /// @throws CommandFailed if there are more services than addresses
  public static AddressPlan of(String namespace, List<String> services) throws CommandFailed {
    if (services.size() > MAX_SERVICES) {
      throw CommandFailed.input(
          "mesh `%s` has %d services; `up` runs at most %d on one machine"
              .formatted(namespace, services.size(), MAX_SERVICES));
    }
    var hash = sha256(namespace);
    var network = "127.%d.%d.".formatted(64 + (hash[0] & 0xFF) % 60, hash[1] & 0xFF);
    var addresses = new LinkedHashMap<String, String>();
    for (var service : services) {
      addresses.put(service, network + (2 + addresses.size()));
    }
    return new AddressPlan(addresses);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Returns the addresses by name of the service, in the order of the mesh.
  public Map<String, String> addresses() {
    return addresses;
  }

  /// Returns the address of a service of this mesh.
  public String address(String service) {
    var address = addresses.get(service);
    if (address == null) {
      throw new IllegalArgumentException("no service " + service);
    }
    return address;
  }

  /// Returns the service with the given address, if there is one.
  public Optional<String> service(String address) {
    return addresses.entrySet().stream()
        .filter(entry -> entry.getValue().equals(address))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// Returns the hosts file of the mesh with the names of `localhost`, this machine and its
  /// services. The shield redirects connections to 127.0.0.1 to the service's own address.
  ///
  /// @param hosts further names of services
  public String hostsFile(String machine, Map<String, String> hosts) {
    var text = new StringBuilder("127.0.0.1 localhost");
    if (!machine.isBlank() && !addresses.containsKey(machine)) {
      text.append(' ').append(machine);
    }
    text.append('\n');
    addresses.forEach(
        (service, address) -> {
          text.append(address).append(' ').append(service);
          aliases(service, hosts).forEach(host -> text.append(' ').append(host));
          text.append('\n');
        });
    return text.toString();
  }

  private List<String> aliases(String service, Map<String, String> hosts) {
    return hosts.entrySet().stream()
        .filter(host -> host.getValue().equals(service))
        .map(Map.Entry::getKey)
        .filter(host -> !addresses.containsKey(host) && Hosts.literal(host).isEmpty())
        .toList();
  }
}
