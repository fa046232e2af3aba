import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile;
import dev.testudo.trust.pki.Endpoint;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.SubjectName;
import dev.testudo.trust.pki.Validity;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Issues P-256 certificates with the code of CAS, without storing them, for some seconds on all
/// processors, and prints how many. It runs with the jars of an installation:
///
/// `java --module-path dist/target/testudo/lib --add-modules dev.testudo.trust
/// bench/cas/Certificates.java`
class Certificates {
  private static final long ROUND_NANOS = 5_000_000_000L;
  private static final int ROUNDS = 4;

  void main() throws Exception {
    var found = "";
    for (var round = 0; round < ROUNDS; round++) {
      found = round(); // the first rounds measure cold code
    }
    IO.println(found);
  }

  private static String round() throws InterruptedException {
    var cpu = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    var usedBefore = cpu.getProcessCpuTime();
    var begin = System.nanoTime();
    var issuers = new ArrayList<Issuer>();
    for (var i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      issuers.add(new Issuer(begin + ROUND_NANOS));
    }
    issuers.forEach(Thread::start);
    var count = 0L;
    for (var issuer : issuers) {
      issuer.join();
      count += issuer.count;
    }
    return "{\"per_second\": %.0f, \"per_cpu_second\": %.0f}"
        .formatted(
            count * 1e9 / (System.nanoTime() - begin),
            count * 1e9 / (cpu.getProcessCpuTime() - usedBefore));
  }

  private static final class Issuer extends Thread {
    private final long end;
    private long count;

    Issuer(long end) {
      this.end = end;
    }

    @Override
    public void run() {
      var random = new SecureRandom();
      var now = Validity.since(Instant.now());
      var authority = CertificateAuthority.generate("bench CA", KeyAlgorithm.P_256, now, random);
      var key = KeyAlgorithm.P_256.generate(random).getPublic();
      var profile =
          new CertificateProfile.EndEntity(
              "app", List.of(new SubjectName.Dns("app.example.org")), Optional.of(Endpoint.SERVER));
      while (System.nanoTime() < end) {
        authority.issue(profile, key, now);
        count++;
      }
    }
  }
}
