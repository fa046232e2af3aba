package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.volume.VolumeContent;
import dev.testudo.cli.volume.VolumeContent.Checked;
import dev.testudo.image.tar.RawText;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo volume check`.
@Command(
    name = "check",
    description = {
      "Reads everything in a volume, verifies it, and lists what is damaged.",
      "Nothing is changed. Nobody may use the volume meanwhile. The exit code is 1 if something is damaged, and 4 if the volume has another key, or is older than --tag."
    })
final class VolumeCheckCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "DIR", description = "The directory of the volume.")
  private Path directory = Path.of("");

  @Mixin private VolumeKeyOption key = new VolumeKeyOption();
  @Mixin private JsonOption json = new JsonOption();

  VolumeCheckCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    try (var volume = key.open(CasClientOptions.given("DIR", directory), context)) {
      var progress = new ProgressLine(context.streams().err(), context.terminal());
      Checked checked;
      try {
        checked =
            volume.check(bytes -> progress.show(() -> "verified %d MiB".formatted(bytes >> 20)));
      } finally {
        progress.clear();
      }
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(json(volume, checked), out);
      } else {
        print(volume, checked, out);
      }
      if (checked.isIntact()) {
        return ExitCode.DONE.number();
      }
    }
    throw CommandFailed.input("the volume is damaged");
  }

  private static void print(VolumeContent volume, Checked checked, PrintStream out) {
    checked.damages().forEach(damage -> out.println(line(damage)));
    if (checked.more()) {
      out.println("there is more damage than is listed");
    }
    out.println(
        "%s: state %s: %d files, %d bytes of content"
            .formatted(
                checked.isIntact() ? "intact" : "what is intact",
                volume.tag(),
                checked.files(),
                checked.bytes()));
  }

  /// Returns one line about damage.
  static String line(VolumeContent.Damage damage) {
    var reason = Printable.of(damage.reason());
    return damage.path().map(path -> text(path) + ": " + reason).orElse(reason);
  }

  /// Returns a name or a path of a volume as text to print.
  static String text(String raw) {
    var bytes = RawText.encode(raw);
    return Printable.of(bytes, bytes.length);
  }

  private static JsonBuilder json(VolumeContent volume, Checked checked) {
    var damages =
        checked.damages().stream()
            .<JsonValue>map(
                damage ->
                    new JsonBuilder()
                        .put("path", damage.path().map(VolumeCheckCommand::text))
                        .put("reason", damage.reason())
                        .build())
            .toList();
    return new JsonBuilder()
        .put("intact", checked.isIntact())
        .put("tag", volume.tag().hex())
        .put("files", checked.files())
        .put("bytes", checked.bytes())
        .put("damages", new JsonArray(damages))
        .put("more", checked.more());
  }
}
