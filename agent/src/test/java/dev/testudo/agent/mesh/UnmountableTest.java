package dev.testudo.agent.mesh;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileProtection;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.VolumeAccess;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.secret.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnmountableTest {
  private static final FileProtection KEY =
      new FileProtection(Secret.copyOf(new byte[32]), Optional.empty());

  private static Configuration with(ProtectedFiles files) {
    return new Configuration(
        new ProgramStart(List.of("prog"), Map.of(), Optional.empty()),
        List.of(),
        FileTemplates.NONE,
        files,
        new Configuration.Origin("session", "hash", false),
        HostInputs.NONE);
  }

  @Test
  void aProgramWithVolumesIsNotStarted() {
    var volume =
        new VolumeAccess(
            new VolumeRef(new SessionName("db"), "data"),
            "/data",
            Volume.Files.ENCRYPTED,
            UpdatePolicy.ROLLBACK_PROTECTED,
            VolumeTerms.USUAL,
            KEY);
    var configuration =
        with(new ProtectedFiles(List.of(volume), Optional.empty(), Optional.empty()));
    var failure =
        assertThrows(AgentFailure.class, () -> Unmountable.demandNone(configuration, "clinic/db"));
    assertEquals(AgentFailure.Kind.INPUT_WRONG, failure.kind());
    assertEquals(
        "the policy gives service `clinic/db` volumes, which this version cannot mount, so the"
            + " program is not started: volume `data` at `/data`",
        failure.line());
  }

  @Test
  void otherProgramsAre() {
    assertDoesNotThrow(() -> Unmountable.demandNone(with(ProtectedFiles.NONE), "clinic/db"));
  }
}
