import dev.testudo.trust.attest.TestRoots;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.collateral.CollateralCache;
import dev.testudo.trust.collateral.CollateralFolder;
import dev.testudo.trust.json.JsonMembers;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Verifies the quotes of Platforms.java in turn, in one thread, with the memory that CAS has, and
/// prints how long a verification takes.
///
/// Arguments: FOLDER, and how many platforms take turns, several times
class Quotes {
  private static final int REMEMBERED = 2048;
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 20_000;

  void main(String[] args) throws Exception {
    var folder = Path.of(args[0]);
    var quotes = new ArrayList<Evidence>();
    for (var line : Files.readAllLines(folder.resolve("platforms"))) {
      var fields = JsonMembers.read(line.getBytes(), 1 << 20, "platform");
      quotes.add(new Evidence.TdxQuote(Octets.ofBase64(fields.text("quote"))));
    }
    var roots = TestRoots.read(Files.readString(folder.resolve("root.pem")));
    var cache = new CollateralCache(CollateralFolder.open(folder.resolve("collateral")));
    cache.reload();
    var context =
        new VerificationContext(
            cache.current(),
            roots,
            Instant.now(),
            Duration.ZERO,
            new VerificationMemory(REMEMBERED));
    for (var count : Arrays.stream(args).skip(1).map(Integer::parseInt).toList()) {
      var some = quotes.subList(0, count);
      verify(some, context, WARM_UP);
      print(count, verify(some, context, ROUNDS));
    }
  }

  /// Returns the nanoseconds of each verification, and of processor time at the end.
  private static long[] verify(List<Evidence> quotes, VerificationContext context, int rounds) {
    var processor = ManagementFactory.getThreadMXBean();
    var took = new long[rounds + 1];
    var before = processor.getCurrentThreadCpuTime();
    for (var i = 0; i < rounds; i++) {
      var begin = System.nanoTime();
      if (!(Verifier.verify(quotes.get(i % quotes.size()), Optional.empty(), context)
          instanceof Verified)) {
        throw new IllegalStateException("a quote is rejected");
      }
      took[i] = System.nanoTime() - begin;
    }
    took[rounds] = processor.getCurrentThreadCpuTime() - before;
    return took;
  }

  private static void print(int platforms, long[] took) {
    var cpu = took[took.length - 1];
    var rounds = Arrays.copyOf(took, took.length - 1);
    Arrays.sort(rounds);
    IO.println(
        ("%4d platforms, verification alone: p50 %.3f ms  p99 %.3f ms  worst %.1f ms  "
                + "%.3f CPU ms each")
            .formatted(
                platforms,
                rounds[rounds.length / 2] / 1e6,
                rounds[rounds.length * 99 / 100] / 1e6,
                rounds[rounds.length - 1] / 1e6,
                cpu / 1e6 / rounds.length));
  }
}
