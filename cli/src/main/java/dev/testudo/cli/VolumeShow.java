package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.channel.VolumeStatus;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo volume status`.
@Command(
    name = "status",
    description = {
      "Prints the newest state of volumes that CAS knows, and who has them.",
      "You need `read` in the session. No key is shown."
    })
final class VolumeShow implements Callable<Integer> {
  private final CliContext context;

  @Parameters(index = "0", paramLabel = "SESSION", description = "The session.")
  private String session = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VOLUME",
      description = "The volume (default: all of the session).")
  private @Nullable String name;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  VolumeShow(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var of = VolumeCommand.session(session);
    List<VolumeStatus> volumes;
    try (var client = cas.client(context)) {
      volumes =
          client.volumes(of).stream()
              .filter(volume -> name == null || volume.name().equals(name))
              .toList();
    }
    if (name != null && volumes.isEmpty()) {
      throw CommandFailed.input("session `%s` has no volume `%s`".formatted(of, name));
    }
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(VolumeStatus.encode(volumes), out);
    } else {
      volumes.forEach(volume -> out.println(VolumeCommand.line(volume)));
    }
    return 0;
  }
}
