package dev.testudo.trust.attest.context;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Remembers steps of verification that succeeded and depend on bytes only, not on time: that a
/// signature is by a key, what a document says. Keys are hashes over all inputs of a step, so the
/// memory changes how long a verification takes and never its verdict. Failures are not remembered:
/// whoever sends bad evidence fills nothing. Thread-safe.
public final class VerificationMemory {
  private final int limit;
  private final Map<String, Object> known;

  /// Creates a memory of at most `limit` steps. When it is full, the step that was used longest ago
  /// is forgotten, and will be computed again.
  public VerificationMemory(int limit) {
    this.limit = limit;
    this.known = new LinkedHashMap<>(16, 0.75f, true);
  }

  /// Returns a memory that remembers nothing.
  public static VerificationMemory none() {
    return new VerificationMemory(0);
  }

  /// A step of verification.
  public interface Step<T> {
    /// Returns the result, which must depend on the inputs only.
    T run() throws EvidenceException;
  }

  /// Returns the result of a step, remembered or computed.
  ///
  /// @param type the class of the result
  /// @param name the name of the step
  /// @param inputs everything that the result depends on
  public <T> T remember(Class<T> type, String name, List<Octets> inputs, Step<T> step)
      throws EvidenceException {
    if (limit == 0) {
      return step.run();
    }
    var key = key(name, inputs);
    synchronized (known) {
      var found = known.get(key);
      if (found != null) {
        return type.cast(found);
      }
    }
    var result = step.run();
    synchronized (known) {
      known.put(key, result);
      if (known.size() > limit) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return result;
  }

  private static String key(String name, List<Octets> inputs) {
    var sha256 = Measurement.sha256();
    for (var input : inputs) {
      var length = input.length();
      sha256.update(
          new byte[] {
            (byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length
          });
      sha256.update(input.buffer());
    }
    return name + ":" + HexFormat.of().formatHex(sha256.digest());
  }
}
