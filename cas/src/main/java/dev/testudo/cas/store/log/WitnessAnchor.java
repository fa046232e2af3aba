package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.audit.AnchoredHead;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.WitnessClient;
import dev.testudo.trust.channel.WitnessedHead;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Another CAS that keeps the head of the store. It never replaces a head by an older
/// one, unless the operator accepts that.
public final class WitnessAnchor implements Anchor {
  /// How long the answer of CAS waits for a witness that does not answer.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration REST = Duration.ofSeconds(1);

  /// The refusals that may pass by themselves.
  private static final Set<String> TEMPORARY = Set.of("busy", "too-slow", "disk-full");

  /// The refusal of a witness that has another line.
  private static final String OTHER_HEAD = "other-head";

  private final CasAddress address;
  private final WitnessClient client;
  private Optional<AnchoredHead> last;

  /// The end of a time without attempts after the witness did not answer.
  private long restsUntil = System.nanoTime();

  private boolean resting;

  private WitnessAnchor(CasAddress address, WitnessClient client, Optional<AnchoredHead> last) {
    this.address = address;
    this.client = client;
    this.last = last;
  }

  /// Returns the source of an anchor at the witness with the key `pin`.
  public static AnchorSource at(CasAddress address, KeyHash pin) {
    return (cas, _) -> {
      var client = new WitnessClient(address, pin, cas);
      try {
        return new WitnessAnchor(address, client, client.head());
      } catch (IOException e) {
        client.close();
        throw new StoreException(
            Reason.NO_ANCHOR,
            "the witness %s gives no head: %s".formatted(address, e.getMessage()));
      }
    };
  }

  @Override
  public String name() {
    return "the witness " + address;
  }

  @Override
  public Optional<AnchoredHead> last() {
    return last;
  }

  @Override
  public void set(AnchoredHead head, Lookup log) throws IOException {
    if (last.equals(Optional.of(head))) {
      return;
    }
    var now = System.nanoTime();
    if (resting && now - restsUntil < 0) {
      throw new IOException(name() + " did not answer a moment ago");
    }
    var until = resting ? now : now + PATIENCE.toNanos();
    while (true) {
      try {
        client.put(new WitnessedHead(head, last, false));
        last = Optional.of(head);
        resting = false;
        return;
      } catch (CasException e) {
        if (e.problem().id().equals(OTHER_HEAD)) {
          if (follow(head, log)) {
            return;
          }
          demandTime(until, e);
        } else if (TEMPORARY.contains(e.problem().id())) {
          pause(until, e);
        } else {
          throw e;
        }
      } catch (IOException e) {
        pause(until, e);
      }
    }
  }

  /// Takes the head of the witness for the last one, if the store continues it: an answer was lost,
  /// or another process of this CAS came first.
  ///
  /// @return true if `head` is not newer
  private boolean follow(AnchoredHead head, Lookup log) throws IOException {
    var other = client.head();
    if (other.isEmpty() || other.equals(last) || !log.continues(other.get())) {
      throw new StoreException(
          Reason.OLDER_DATABASE,
          "%s has head %s, which is not in the store: another state was restored, or another CAS has the same key"
              .formatted(name(), other.map(AnchoredHead::toString).orElse("0")));
    }
    last = other;
    resting = false;
    return !head.isAfter(other.get());
  }

  /// Checks that there is time for another attempt. Once a witness has not answered for long, the
  /// callers after this one do not wait for it, and one attempt a second finds out whether it is
  /// back.
  private void demandTime(long until, IOException failure) throws IOException {
    if (System.nanoTime() - until >= 0) {
      resting = true;
      restsUntil = System.nanoTime() + REST.toNanos();
      throw failure;
    }
  }

  private void pause(long until, IOException failure) throws IOException {
    demandTime(until, failure);
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the witness", e);
    }
  }

  @Override
  public void accept(AnchoredHead head) throws IOException {
    client.put(new WitnessedHead(head, last, true));
    last = Optional.of(head);
  }

  @Override
  public void close() {
    client.close();
  }
}
