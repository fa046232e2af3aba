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
  /// How long one request is repeated. The keeper of the lease asks again afterwards.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LeaseClient client;
  private final VolumeLease lease;

  /// What CAS has; empty if it has never had a tag.
  private Optional<StoredTag> known;

  /// What CAS may have, because the answer to a request did not arrive.
  private Optional<StoredTag> asked = Optional.empty();

  CasTagStore(LeaseClient client, VolumeLease lease, Optional<StoredTag> known) {
    this.client = client;
    this.lease = lease;
    this.known = known;
  }

  @Override
  public Answer advance(VolumePosition from, VolumePosition to) throws IOException {
    var next = StoredTag.of(to.sequence(), to.tag().hex());
    var before = asked;
    asked = Optional.of(next);
    var answer = ask(next);
    if (answer instanceof Advanced.LeaseLost && renew() instanceof Answer.Renewed) {
      answer = ask(next); // the lease had expired, and nobody has claimed the volume since
    }
    if (answer instanceof Advanced.Conflict(var position)
        && position.isPresent()
        && before.filter(position.get()::matches).isPresent()) {
      known = position; // the request whose answer did not arrive was successful
      answer = ask(next);
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
        () -> client.advance(List.of(new TagAdvance(lease, known, next)), PATIENCE).getFirst(),
        Advanced.LeaseLost::new);
  }

  @Override
  public Answer renew() throws IOException {
    var answer =
        refusedIsLost(
            () -> client.renew(List.of(lease), PATIENCE).getFirst(), Renewed.LeaseLost::new);
    return switch (answer) {
      case Renewed.Extended(var end) -> new Answer.Renewed(end);
      case Renewed.LeaseLost(var reason) -> new Answer.Lost(reason);
    };
  }

  @Override
  public void release() throws IOException {
    client.release(List.of(lease), PATIENCE);
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
