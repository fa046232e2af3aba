import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.LeaseClient;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.TagAdvance;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Stores tags of volumes: each agent has one volume and sends the next tag when CAS has the one
/// before, as a program does that syncs all the time. Prints JSON. `bench/cas/advances` runs it.
///
/// Arguments: ADDRESS KEY-HASH IDENTITY TEMPLATE IMAGE MACHINE TOKEN AGENTS SECONDS
class Advances {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  void main(String[] args) throws Exception {
    var address = CasAddress.parse(args[0]).orElseThrow();
    var pin = KeyHash.parse(args[1]).orElseThrow();
    var agents = Integer.parseInt(args[7]);
    var nanos = (long) (Double.parseDouble(args[8]) * 1e9);
    var template = Files.readString(Path.of(args[3]));
    try (var client =
        new CasClient(address, pin, Identity.fromPem(Files.readString(Path.of(args[2]))))) {
      for (var i = 0; i < agents; i++) {
        client.createSession(template.replace("NAME", "volumes-" + i));
      }
    }
    var work = new ArrayList<Callable<List<Long>>>();
    for (var i = 0; i < agents; i++) {
      var session = "volumes-" + i;
      var me = AttestedChannel.instance();
      var ticket =
          AttestedChannel.fetch(
                  address,
                  pin,
                  me,
                  session + "/app",
                  (report, _) ->
                      new Evidence.Software(
                          new Measurement(args[4]), new Measurement(args[5]), report),
                  Optional.of(Secret.ofText(args[6])))
              .protectedFiles()
              .ticket()
              .orElseThrow();
      work.add(() -> agent(new LeaseClient(address, pin, me, ticket), session, nanos));
    }
    try (var threads = Executors.newFixedThreadPool(agents)) {
      var all = new ArrayList<Long>();
      for (var one : threads.invokeAll(work)) {
        all.addAll(one.get());
      }
      print(all.stream().mapToLong(Long::longValue).sorted().toArray(), nanos);
    }
  }

  /// Returns how long each advance took, without those of the first third of the time.
  private static List<Long> agent(LeaseClient client, String session, long nanos)
      throws IOException {
    var times = new ArrayList<Long>();
    try (client) {
      var volume = new VolumeRef(new SessionName(session), "data");
      var mount = "%032x".formatted(System.nanoTime());
      if (!(client.claim(volume, mount, PATIENCE)
          instanceof LeaseClient.Claimed.Granted(var lease, var position, _))) {
        throw new IOException("the volume is in use");
      }
      var from = position;
      var begin = System.nanoTime();
      var number = position.map(known -> known.sequence().orElse(0)).orElse(0L);
      while (System.nanoTime() - begin < nanos) {
        var to = StoredTag.of(++number, "%032x".formatted(number));
        var sent = System.nanoTime();
        var answer = client.advance(List.of(new TagAdvance(lease, from, to)), PATIENCE).getFirst();
        if (!(answer instanceof LeaseClient.Advanced.Stored)) {
          throw new IOException("not stored: " + answer);
        }
        if (sent - begin > nanos / 3) {
          times.add(System.nanoTime() - sent);
        }
        from = Optional.of(to);
      }
      client.release(List.of(lease), PATIENCE);
    }
    return times;
  }

  private static void print(long[] times, long nanos) {
    var seconds = nanos * 2 / 3 / 1e9;
    IO.println(
        "{\"done\": %d, \"rate\": %.0f, \"median\": %.2f, \"p99\": %.2f}"
            .formatted(
                times.length,
                times.length / seconds,
                times[times.length / 2] / 1e6,
                times[times.length * 99 / 100] / 1e6));
  }
}
