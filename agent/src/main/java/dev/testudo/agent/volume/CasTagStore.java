package dev.testudo.agent.volume;

import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.LeaseClient.Advanced;
import dev.testudo.trust.channel.LeaseClient.Renewed;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeLease;
import dev.testudo.volume.freshness.TagStore;
import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What CAS knows about one volume, for the mount that holds its lease.
final class CasTagStore implements TagStore {
  /// What CAS is asked. The methods are those of [LeaseClient] for one volume.
  interface Requests {
    Advanced advance(TagAdvance step) throws IOException;

    Renewed renew() throws IOException;

    void release() throws IOException;
  }

  /// How long one request is repeated. The keeper of the lease asks again afterwards.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Requests requests;
  private final VolumeLease lease;

  /// What CAS has; empty if it has never had a tag.
  private Optional<StoredTag> known;

  /// What CAS may have, because the answer to a request did not arrive.
  private Optional<StoredTag> asked = Optional.empty();

  CasTagStore(Requests requests, VolumeLease lease, Optional<StoredTag> known) {
    this.requests = requests;
    this.lease = lease;
    this.known = known;
  }

  /// Asks CAS through `client`.
  static CasTagStore of(LeaseClient client, VolumeLease lease, Optional<StoredTag> known) {
    var leases = List.of(lease);
    return new CasTagStore(
        new Requests() {
          @Override
          public Advanced advance(TagAdvance step) throws IOException {
            return client.advance(List.of(step), PATIENCE).getFirst();
          }

          @Override
          public Renewed renew() throws IOException {
            return client.renew(leases, PATIENCE).getFirst();
          }

          @Override
          public void release() throws IOException {
            client.release(leases, PATIENCE);
          }
        },
        lease,
        known);
  }

  @Override
  public Answer advance(VolumePosition from, VolumePosition to) throws IOException {
    var next = StoredTag.of(to.sequence(), to.tag().hex());
    if (asked.isPresent() && !asked.get().equals(next)) {
      // Only one state is in doubt at any time. CAS could have either of two otherwise.
      var answer = store(asked.get());
      if (!(answer instanceof Answer.Recorded)) {
        return answer;
      }
    }
    return store(next);
  }

  private Answer store(StoredTag next) throws IOException {
    asked = Optional.of(next);
    var answer = ask(next);
    if (answer instanceof Advanced.LeaseLost && renew() instanceof Answer.Renewed) {
      answer = ask(next); // the lease had expired, and nobody has claimed the volume since
    }
    if (answer instanceof Advanced.Conflict(var position)
        && position.filter(next::matches).isPresent()) {
      answer = new Advanced.Stored(); // by a request whose answer did not arrive
    }
    return switch (answer) {
      case Advanced.Stored() -> {
        known = Optional.of(next);
        asked = Optional.empty();
        yield new Answer.Recorded();
      }
      case Advanced.LeaseLost(var reason) -> new Answer.Lost(reason);
      case Advanced.Conflict(var position) ->
          new Answer.Lost(
              "CAS has state %s of another history"
                  .formatted(position.map(StoredTag::toString).orElse("none")));
    };
  }

  private Advanced ask(StoredTag next) throws IOException {
    return refusedIsLost(
        () -> requests.advance(new TagAdvance(lease, known, next)), Advanced.LeaseLost::new);
  }

  @Override
  public Answer renew() throws IOException {
    var answer = refusedIsLost(requests::renew, Renewed.LeaseLost::new);
    return switch (answer) {
      case Renewed.Extended(var end) -> new Answer.Renewed(end);
      case Renewed.LeaseLost(var reason) -> new Answer.Lost(reason);
    };
  }

  @Override
  public void release() throws IOException {
    requests.release();
  }

  /// A request to CAS.
  private interface Request<T> {
    T send() throws IOException;
  }

  /// Makes of a refusal that the lease is lost: to ask again would not help.
  private interface Lost<T> {
    T because(String reason);
  }

  private static <T> T refusedIsLost(Request<T> request, Lost<? extends T> lost)
      throws IOException {
    try {
      return request.send();
    } catch (CasException e) {
      if (e.isRefusal()) {
        return lost.because(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }
}
