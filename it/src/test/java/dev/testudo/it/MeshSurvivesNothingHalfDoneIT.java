package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever is killed, nothing is left behind, and the mesh comes up again with the same secrets.
class MeshSurvivesNothingHalfDoneIT {
  private static final Path MESH = Command.ROOT.resolve("examples/patient-records/mesh.yaml");

  @TempDir private Path work;

  /// What is killed with SIGKILL.
  enum Victim {
    CAS {
      @Override
      ProcessHandle in(RunningMesh mesh) {
        return mesh.processWith("cas", "serve");
      }
    },
    AGENT {
      @Override
      ProcessHandle in(RunningMesh mesh) {
        return mesh.processWith("agent", "run");
      }
    },
    REDIS {
      @Override
      ProcessHandle in(RunningMesh mesh) {
        return ProcessHandle.of(mesh.programPid("redis-server")).orElseThrow();
      }
    },
    UP {
      @Override
      ProcessHandle in(RunningMesh mesh) {
        return mesh.up().toHandle();
      }
    };

    abstract ProcessHandle in(RunningMesh mesh);
  }

  @ParameterizedTest
  @EnumSource(
      value = Victim.class,
      names = {"AGENT", "UP"})
  void aKilledProcessLeavesNoOrphanAndUpWorksAgain(Victim victim)
      throws IOException, InterruptedException {
    killed(victim);
  }

  @Tag("nightly")
  @ParameterizedTest
  @EnumSource(Victim.class)
  void whicheverProcessIsKilledLeavesNoOrphanAndUpWorksAgain(Victim victim)
      throws IOException, InterruptedException {
    killed(victim);
  }

  private void killed(Victim victim) throws IOException, InterruptedException {
    var state = work.resolve("state");
    String authority;
    try (var mesh = RunningMesh.start(MESH, state)) {
      authority = authority(mesh);
      var all = mesh.descendants().toList();
      assertTrue(all.size() >= 5, () -> "the mesh has " + all.size() + " processes");
      victim.in(mesh).destroyForcibly();
      var exit = mesh.awaitEnd();
      if (victim != Victim.UP) {
        assertEquals(3, exit, mesh::output);
      }
      mesh.awaitNoSurvivors(all);
    }
    try (var again = RunningMesh.start(MESH, state)) {
      assertEquals(authority, authority(again));
      assertEquals(143, again.stop(), again::output);
    }
  }

  @Test
  void aSecondUpKeepsEverySecretAndKey() throws IOException, InterruptedException {
    var state = work.resolve("state");
    String authority;
    String keys;
    try (var mesh = RunningMesh.start(MESH, state)) {
      authority = authority(mesh);
      keys = secretsOf(mesh);
      mesh.stop();
    }
    try (var mesh = RunningMesh.start(MESH, state)) {
      assertEquals(authority, authority(mesh));
      assertEquals(keys, secretsOf(mesh));
      var all = mesh.descendants().toList();
      mesh.stop();
      mesh.awaitNoSurvivors(all);
    }
  }

  private static String authority(RunningMesh mesh) {
    var shown =
        Command.testudo(
            "cas",
            "value",
            "--state",
            mesh.state().toString(),
            "patient-records/api",
            "api_ca_cert");
    assertEquals(0, shown.exit(), shown.all());
    return shown.out();
  }

  /// The generated password as the program has it, and the public key that the API's port shows.
  private static String secretsOf(RunningMesh mesh) throws IOException {
    var environ =
        Files.readString(Path.of("/proc", Long.toString(mesh.programPid("python3")), "environ"));
    var password = environ.substring(environ.indexOf("REDIS_PASSWORD="));
    var shown =
        Command.run(
            "sh",
            "-c",
            "openssl s_client -connect "
                + mesh.address("api")
                + ":4996 </dev/null 2>/dev/null | openssl x509 -noout -pubkey");
    new Output(shown.out()).hasLine("-----BEGIN PUBLIC KEY-----");
    return password.substring(0, password.indexOf('\0')) + shown.out();
  }
}
