import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Verifies recorded evidence and prints, as one line of JSON per vector, what came out and how
/// long it took: with the memory that CAS has (warm), and with none (cold), everything from bytes
/// each time. `bench/attest/run` and `bench/attest/differences` run it.
///
/// Arguments: VECTORS ROUNDS
class Verify {
  private static final long WARM_UP_NANOS = 2_000_000_000L;

  /// The documents of one folder, whatever they are asked for: the verifier checks what they are.
  private record Folder(Path folder, JsonMembers files) implements Collateral {
    @Override
    public Optional<Document> find(DocumentId id) {
      return switch (id) {
        case DocumentId.TcbInfo _ -> document(id, "tcbInfo", "tcbInfoChain");
        case DocumentId.QeIdentity _ -> document(id, "qeIdentity", "qeIdentityChain");
        case DocumentId.PckCrl _ -> document(id, "pckCrl", "");
        case DocumentId.IntelRootCrl _ -> document(id, "rootCrl", "");
        case DocumentId.AmdChain _ -> document(id, "chain", "");
        case DocumentId.Vcek _ -> document(id, "leaf", "");
        case DocumentId.AmdCrl _ -> Optional.empty();
      };
    }

    private Optional<Document> document(DocumentId id, String body, String chain) {
      try {
        if (!files.has(body)) {
          return Optional.empty();
        }
        return Optional.of(
            new Document(id, read(body), chain.isEmpty() ? Octets.of(new byte[0]) : read(chain)));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    Octets read(String role) throws IOException {
      return Octets.of(Files.readAllBytes(folder.resolve(files.text(role))));
    }
  }

  /// Documents in memory, so that no file is read while the clock runs.
  private record Loaded(List<Document> documents) implements Collateral {
    @Override
    public Optional<Document> find(DocumentId id) {
      return documents.stream().filter(document -> document.id().equals(id)).findFirst();
    }
  }

  void main(String[] args) throws IOException {
    var vectors = Path.of(args[0]);
    var rounds = Integer.parseInt(args[1]);
    for (var kind : List.of("sgx", "tdx", "snp")) {
      try (var folders = Files.list(vectors.resolve(kind))) {
        for (var folder : folders.sorted().toList()) {
          if (Files.exists(folder.resolve("expected.json"))) {
            print(kind, folder, rounds);
          }
        }
      }
    }
  }

  private static void print(String kind, Path folder, int rounds) throws IOException {
    var expected =
        JsonMembers.read(Files.readAllBytes(folder.resolve("expected.json")), 1 << 20, "expected");
    var at = expected.instant("at");
    var files = new Folder(folder, expected.object("files"));
    var evidence =
        switch (kind) {
          case "sgx" -> new Evidence.SgxQuote(files.read("quote"));
          case "tdx" -> new Evidence.TdxQuote(files.read("quote"));
          default -> new Evidence.SnpReport(files.read("report"), Optional.empty());
        };
    var collateral = loaded(evidence, files, at);
    var json =
        new JsonBuilder()
            .put("vector", kind + "/" + folder.getFileName())
            .put("verifier", "Testudo");
    switch (verify(evidence, collateral, at, VerificationMemory.none())) {
      case Verification.Verified verified -> describe(verified, json);
      case Verification.Rejected rejected ->
          json.put("outcome", "rejected")
              .put("reason", rejected.id() + ": " + rejected.reason())
              .put("advisories", List.<String>of());
    }
    if (rounds > 0) {
      var memory = new VerificationMemory(1000);
      measure("warm", () -> verify(evidence, collateral, at, memory), rounds, json);
      measure(
          "cold", () -> verify(evidence, collateral, at, VerificationMemory.none()), rounds, json);
    }
    System.out.println(Json.writeText(json.build()));
  }

  private static void describe(Verification.Verified verified, JsonBuilder json) {
    switch (verified.claims()) {
      case dev.testudo.policy.evidence.EvidenceClaims.Sgx sgx ->
          json.put("outcome", sgx.platform().tcb().status().toString())
              .put("advisories", List.copyOf(sgx.platform().tcb().advisories()));
      case dev.testudo.policy.evidence.EvidenceClaims.Tdx tdx ->
          json.put("outcome", tdx.platform().tcb().status().toString())
              .put("advisories", List.copyOf(tdx.platform().tcb().advisories()));
      default -> json.put("outcome", "good").put("advisories", List.<String>of());
    }
  }

  /// Finds out which documents the evidence needs, and keeps them.
  private static Collateral loaded(Evidence evidence, Folder files, Instant at) {
    var documents = new ArrayList<Document>();
    Collateral recording =
        id -> {
          var found = files.find(id);
          found.ifPresent(documents::add);
          return found;
        };
    verify(evidence, recording, at, VerificationMemory.none());
    return new Loaded(List.copyOf(documents));
  }

  private static Verification verify(
      Evidence evidence, Collateral collateral, Instant at, VerificationMemory memory) {
    var context =
        new VerificationContext(
            collateral, HardwareRoots.vendor(), at, Duration.ZERO, memory);
    return Verifier.verify(evidence, Optional.empty(), context);
  }

  private static void measure(String name, Runnable work, int rounds, JsonBuilder json) {
    for (var end = System.nanoTime() + WARM_UP_NANOS; System.nanoTime() < end; ) {
      work.run();
    }
    var threads = ManagementFactory.getThreadMXBean();
    var cpu = threads.getCurrentThreadCpuTime();
    var times = new long[rounds];
    for (var i = 0; i < rounds; i++) {
      var begin = System.nanoTime();
      work.run();
      times[i] = System.nanoTime() - begin;
    }
    cpu = threads.getCurrentThreadCpuTime() - cpu;
    Arrays.sort(times);
    json.put(name + "_median_us", times[rounds / 2] / 1000)
        .put(name + "_p99_us", times[rounds * 99 / 100] / 1000)
        .put(name + "_cpu_us", cpu / 1000 / rounds);
  }
}
