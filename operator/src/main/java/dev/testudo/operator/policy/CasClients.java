package dev.testudo.operator.policy;

import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The connections to CAS, one for each address and key. They identify themselves by a key that is
/// generated at the start and stored nowhere: it has no rights in any CAS. Thread-safe.
public final class CasClients implements AutoCloseable {
  private static final int MOST_IDLE = 16;

  private final Identity me = Identity.ephemeral("operator.testudo.internal");
  private final Map<Target, Open> all = new LinkedHashMap<>(MOST_IDLE, 0.75f, true);

  private record Target(CasAddress address, KeyHash key) {}

  /// A client, and how many use it now.
  private static final class Open {
    private final CasClient client;
    private int users;

    Open(CasClient client) {
      this.client = client;
    }
  }

  /// What to ask a CAS.
  ///
  /// @param <T> the answer
  public interface Question<T> {
    /// Asks.
    T ask(CasClient client) throws IOException;
  }

  /// Creates it without a connection.
  public CasClients() {}

  /// Asks the CAS at `address`, which must have the key `key`.
  public <T> T ask(CasAddress address, KeyHash key, Question<T> question) throws IOException {
    var open = begin(new Target(address, key));
    try {
      return question.ask(open.client);
    } finally {
      end(open);
    }
  }

  private synchronized Open begin(Target target) {
    var open =
        all.computeIfAbsent(target, one -> new Open(CasClient.brief(one.address(), one.key(), me)));
    open.users++;
    return open;
  }

  private synchronized void end(Open open) {
    open.users--;
    var idle = all.values().stream().filter(one -> one.users == 0).toList();
    var spare = idle.subList(0, Math.max(0, idle.size() - MOST_IDLE));
    spare.forEach(one -> one.client.close());
    all.values().removeAll(spare);
  }

  /// Cancels requests under way.
  @Override
  public synchronized void close() {
    all.values().forEach(one -> one.client.close());
    all.clear();
  }
}
