package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.trust.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program with a mount namespace of its own, whose paths mean other things than the shield's.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class InjectedWithMountsPrivilegedTest {
  @TempDir Path directory;

  @Test
  void pathsAreThoseOfTheProgram() throws Exception {
    var folder = Files.createDirectory(directory.toRealPath().resolve("folder"));
    // The shield sees this file, and the program does not.
    Files.writeString(folder.resolve("app.conf"), "of the machine\n");
    var file =
        new ShownFile(
            folder.resolve("app.conf").toString(),
            0444,
            Optional.empty(),
            Secret.ofText("shown\n"));
    var script =
        """
        cd %1$s
        ln -s . alias
        cat app.conf alias/app.conf %1$s/app.conf /proc/self/cwd/app.conf
        ls
        """
            .formatted(folder);
    var output = directory.resolve("output");
    var command =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", "exec > " + output + "\n" + script),
            Map.of("PATH", "/usr/bin:/bin"),
            Optional.empty(),
            Command.Input.EMPTY);
    try (var running = new RealShield(directory, Map.of("", "unprotected"))) {
      running.shield.inject(List.of(file));
      var program =
          running.shield.launch(
              () -> {
                Mounts.unshare();
                Mounts.ramfs(folder);
              },
              command);
      assertEquals(new Exit.Exited(0), program.await());
    }
    assertEquals("shown\n".repeat(4) + "alias\napp.conf\n", Files.readString(output));
    assertEquals("of the machine\n", Files.readString(folder.resolve("app.conf")));
  }
}
