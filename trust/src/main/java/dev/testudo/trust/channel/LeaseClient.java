package dev.testudo.trust.channel;

import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client of CAS for the volumes of one instance of a service. It speaks with the key with which
/// the instance attested, and shows the ticket of its configuration, so nothing is attested again.
/// Thread-safe.
///
/// Each method asks again if CAS is busy or cannot be reached, until its patience is over. To ask
/// again is harmless: CAS recognises the mount of a claim and a step that it has stored already.
///
/// Methods throw [CasException] if CAS refuses: the ticket is not one of this instance, the present
/// policy does not accept it, or the volume is held and the policy says `takeover: refuse`. Any
/// other [IOException] means that CAS could not be reached, does not have the pinned key, or did
/// not answer in time; what was asked may be done all the same.
public final class LeaseClient implements AutoCloseable {
  private static final String JSON = "application/json";

  /// The longest wait for one answer. An attempt that takes longer is abandoned.
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

  private final CasHttp http;
  private final String ticket;

  /// Creates a client. Sends nothing yet.
  ///
  /// @param me the key with which the instance attested
  /// @param ticket [ProtectedFiles#ticket()] of its configuration
  public LeaseClient(CasAddress address, KeyHash pin, Identity me, String ticket) {
    this.http = new CasHttp(address, pin, me, ATTEMPT, LeaseRequest.LIMIT);
    this.ticket = ticket;
  }

  /// The answer to a claim.
  public sealed interface Claimed {
    /// The mount has the volume.
    ///
    /// @param position what CAS has; empty if it has never had a tag, so that the mount initialises
    ///     the volume
    /// @param end when the lease ends, as [System#nanoTime()] of this process. It is counted from
    ///     before the request was sent, so CAS does not end it earlier.
    record Granted(VolumeLease lease, Optional<StoredTag> position, long end) implements Claimed {}

    /// The mount is ephemeral: it needs no lease and sends no tags.
    record Shared(Optional<StoredTag> position) implements Claimed {}

    /// Another mount has the volume; the policy says that this one waits. Ask again.
    ///
    /// @param by the service whose mount it is
    /// @param until how long its lease is valid unless it is renewed
    record Held(String by, Duration until) implements Claimed {}
  }

  /// The answer to a step.
  public sealed interface Advanced {
    /// CAS has the new state. It is durable.
    record Stored() implements Advanced {}

    /// The lease is over for good.
    record LeaseLost(String reason) implements Advanced {}

    /// CAS has another state than the one that the step begins with. It keeps that.
    record Conflict(Optional<StoredTag> position) implements Advanced {}
  }

  /// The answer to a renewal.
  public sealed interface Renewed {
    /// The lease is valid until `end`, as [System#nanoTime()] of this process.
    record Extended(long end) implements Renewed {}

    /// The lease is over for good.
    record LeaseLost(String reason) implements Renewed {}
  }

  /// Asks for a volume. Does not wait while another mount has it.
  ///
  /// @param mount 32 lower-case hexadecimal digits, drawn for this mount
  public Claimed claim(VolumeRef volume, String mount, Duration patience) throws IOException {
    var request = new LeaseRequest.Claim(ticket, volume, mount);
    var sent = ask("claim", request, 1, patience);
    return switch (sent.answers().getFirst()) {
      case LeaseAnswer.Granted(var fence, var position, var validFor) ->
          new Claimed.Granted(
              new VolumeLease(volume, mount, fence), position, sent.at() + validFor.toNanos());
      case LeaseAnswer.Shared(var position) -> new Claimed.Shared(position);
      case LeaseAnswer.Held(var by, var until) -> new Claimed.Held(by, until);
      case LeaseAnswer.Done _, LeaseAnswer.Lost _, LeaseAnswer.Conflict _ -> throw unexpected();
    };
  }

  /// Stores new states. Returns after they are durable at CAS.
  ///
  /// @param steps at most [LeaseRequest#MOST_VOLUMES], of different volumes
  /// @return an answer for each step, in the same order
  public List<Advanced> advance(List<TagAdvance> steps, Duration patience) throws IOException {
    var sent = ask("advance", new LeaseRequest.Advance(ticket, steps), steps.size(), patience);
    var answers = new ArrayList<Advanced>();
    for (var answer : sent.answers()) {
      answers.add(
          switch (answer) {
            case LeaseAnswer.Done() -> new Advanced.Stored();
            case LeaseAnswer.Lost(var reason) -> new Advanced.LeaseLost(reason);
            case LeaseAnswer.Conflict(var position) -> new Advanced.Conflict(position);
            case LeaseAnswer.Granted _, LeaseAnswer.Shared _, LeaseAnswer.Held _ ->
                throw unexpected();
          });
    }
    return List.copyOf(answers);
  }

  /// Extends leases. CAS looks at the present policy: a lease that it does not permit any more
  /// ends.
  ///
  /// @return an answer for each lease, in the same order
  public List<Renewed> renew(List<VolumeLease> leases, Duration patience) throws IOException {
    var sent = ask("renew", new LeaseRequest.Renew(ticket, leases), leases.size(), patience);
    var answers = new ArrayList<Renewed>();
    for (var answer : sent.answers()) {
      answers.add(
          switch (answer) {
            case LeaseAnswer.Granted(_, _, var validFor) ->
                new Renewed.Extended(sent.at() + validFor.toNanos());
            case LeaseAnswer.Lost(var reason) -> new Renewed.LeaseLost(reason);
            case LeaseAnswer.Shared _,
                LeaseAnswer.Held _,
                LeaseAnswer.Done _,
                LeaseAnswer.Conflict _ ->
                throw unexpected();
          });
    }
    return List.copyOf(answers);
  }

  /// Gives leases back, after which another mount may have the volumes at once. Does nothing about
  /// leases that are over.
  public void release(List<VolumeLease> leases, Duration patience) throws IOException {
    ask("release", new LeaseRequest.Release(ticket, leases), leases.size(), patience);
  }

  /// What CAS answered.
  ///
  /// @param at when the request was sent that it answered, as [System#nanoTime()]
  private record Sent(List<LeaseAnswer> answers, long at) {}

  private Sent ask(String operation, LeaseRequest request, int expected, Duration patience)
      throws IOException {
    var body = request.encode();
    var last = System.nanoTime() + patience.toNanos();
    for (var pause = FIRST_PAUSE; ; pause = next(pause)) {
      var at = System.nanoTime();
      try {
        var answer = http.post("/v1/volumes/" + operation, JSON, body);
        return new Sent(LeaseAnswer.decode(answer, expected), at);
      } catch (CasException e) {
        if (e.isRefusal() || isOver(last, pause)) {
          throw e;
        }
      } catch (IOException e) {
        if (isOver(last, pause) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      sleep(pause);
    }
  }

  private static boolean isOver(long last, Duration pause) {
    return System.nanoTime() + pause.toNanos() - last > 0;
  }

  private static Duration next(Duration pause) {
    var twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
  }

  private static void sleep(Duration pause) throws IOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for CAS", e);
    }
  }

  private static IOException unexpected() {
    return new IOException("CAS answered something else than it was asked");
  }

  /// Cancels requests under way.
  @Override
  public void close() {
    http.close();
  }
}
