package dev.testudo.operator.policy;

import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.util.LinkedHashMap;
import java.util.Map;

/// The connections to CAS, one for each address and key. They identify themselves by a key that is
/// generated at the start and stored nowhere: it has no rights in any CAS. Thread-safe.
public final class CasClients implements AutoCloseable {
  private static final int MOST = 16;

  private final Identity me = Identity.ephemeral("operator.testudo.internal");
  private final Map<Target, CasClient> open = new LinkedHashMap<>(MOST, 0.75f, true);

  private record Target(CasAddress address, KeyHash key) {}

  /// Creates it without a connection.
  public CasClients() {}

  /// Returns the client of the CAS at `address`, which must have the key `key`.
  public synchronized CasClient client(CasAddress address, KeyHash key) {
    var target = new Target(address, key);
    var known = open.get(target);
    if (known != null) {
      return known;
    }
    if (open.size() == MOST) {
      // Requests of other threads on this connection fail, and are tried again.
      var oldest = open.entrySet().iterator().next();
      oldest.getValue().close();
      open.remove(oldest.getKey());
    }
    var client = new CasClient(address, key, me);
    open.put(target, client);
    return client;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(CasClient::close);
    open.clear();
  }
}
