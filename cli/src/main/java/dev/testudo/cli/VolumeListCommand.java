package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.volume.VolumeContent;
import dev.testudo.cli.volume.VolumeContent.Name;
import dev.testudo.cli.volume.VolumeNode;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo volume ls`.
@Command(
    name = "ls",
    description = {
      "Lists a directory of a volume, without mounting it.",
      "A line has type, mode, owner, group, size, time and name. Nothing is changed. Nobody may use the volume meanwhile."
    })
final class VolumeListCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      paramLabel = "DIR[:PATH]",
      description = "The directory of the volume, and a path in it (default: its root).")
  private String place = "";

  @Mixin private VolumeKeyOption key = new VolumeKeyOption();
  @Mixin private JsonOption json = new JsonOption();

  VolumeListCommand(CliContext context) {
    this.context = context;
  }

  /// What is printed about a name.
  private record Line(String name, VolumeNode node, Optional<String> target) {}

  @Override
  public Integer call() throws IOException, CommandFailed {
    var wanted = VolumePlace.parse(place);
    var damages = new ArrayList<String>();
    try (var volume = key.open(wanted.directory(), context)) {
      var lines = lines(wanted, volume, damages);
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(json(volume, lines), out);
      } else {
        lines.forEach(line -> out.println(text(line)));
      }
    }
    if (damages.isEmpty()) {
      return 0;
    }
    damages.forEach(damage -> context.streams().err().println(Printable.of(damage)));
    throw CommandFailed.input("a part of the volume is damaged; `volume check` lists all of it");
  }

  private static List<Line> lines(VolumePlace place, VolumeContent volume, List<String> damages)
      throws IOException, CommandFailed {
    var node = place.find(volume);
    if (!node.isDirectory()) {
      return List.of(line(volume, new Name(place.name(), node.number())));
    }
    var names = volume.names(node);
    names.damage().ifPresent(damages::add);
    var lines = new ArrayList<Line>();
    for (var name : names.names().stream().sorted(Comparator.comparing(Name::text)).toList()) {
      try {
        lines.add(line(volume, name));
      } catch (VolumeException e) {
        damages.add("%s: %s".formatted(VolumeCheckCommand.text(name.text()), e.getMessage()));
      }
    }
    return lines;
  }

  private static Line line(VolumeContent volume, Name name) throws IOException {
    var node = volume.node(name.number());
    var target = node.isLink() ? Optional.of(volume.target(node)) : Optional.<String>empty();
    return new Line(name.text(), node, target);
  }

  private static String text(Line line) {
    var node = line.node;
    return "%-9s %04o %5d %5d %12d %s %s%s"
        .formatted(
            node.kind(),
            node.permissions(),
            node.owner().uid(),
            node.owner().gid(),
            node.size(),
            Instant.ofEpochSecond(node.modified()),
            VolumeCheckCommand.text(line.name),
            line.target.map(target -> " -> " + VolumeCheckCommand.text(target)).orElse(""));
  }

  private static JsonBuilder json(VolumeContent volume, List<Line> lines) {
    var entries = lines.stream().<JsonValue>map(VolumeListCommand::json).toList();
    return new JsonBuilder().put("tag", volume.tag().hex()).put("entries", new JsonArray(entries));
  }

  private static JsonValue json(Line line) {
    var node = line.node;
    return new JsonBuilder()
        .put("name", VolumeCheckCommand.text(line.name))
        .put("type", node.kind())
        .put("mode", "%04o".formatted(node.permissions()))
        .put("user", node.owner().uid())
        .put("group", node.owner().gid())
        .put("size", node.size())
        .put("modified", Instant.ofEpochSecond(node.modified()).toString())
        .put("target", line.target.map(VolumeCheckCommand::text))
        .build();
  }
}
