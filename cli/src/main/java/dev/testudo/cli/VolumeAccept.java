package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.AcceptedTag;
import dev.testudo.trust.channel.StoredTag;
import dev.testudo.trust.channel.VolumeRef;
import dev.testudo.trust.channel.VolumeStatus;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo volume accept`.
@Command(
    name = "accept",
    description = {
      "Makes CAS accept a state of a volume, such as that of a restored backup.",
      "Without it, a mount refuses every state that is older than the one that CAS knows. You need `update` in the session that owns the volume, and no service may have the volume. CAS logs it."
    })
final class VolumeAccept implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      index = "0",
      paramLabel = "SESSION",
      description = "The session that owns the volume.")
  private String session = "";

  @Parameters(index = "1", paramLabel = "VOLUME", description = "The volume.")
  private String name = "";

  @Option(
      names = "--tag",
      required = true,
      paramLabel = "TAG",
      description = "The tag of the state: 32 hexadecimal digits.")
  private String tag = "";

  @Option(
      names = "--sequence",
      paramLabel = "N",
      description = "The number of the state (default: any with this tag).")
  private @Nullable Long sequence;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  VolumeAccept(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var volume = volume();
    var position = position();
    try (var client = cas.client(context)) {
      // What CAS has now must still be there when it is replaced.
      var before =
          client.volumes(volume.session()).stream()
              .filter(one -> one.volume().equals(volume))
              .findFirst()
              .flatMap(VolumeStatus::position);
      var after = client.accept(new AcceptedTag(volume, position, before));
      var out = context.streams().out();
      if (json.isGiven()) {
        JsonOption.print(VolumeStatus.encode(List.of(after)), out);
      } else {
        out.println(VolumeCommand.line(after));
      }
      before.ifPresent(
          known ->
              context.streams().err().println("instead of %s, which CAS had".formatted(known)));
    }
    return 0;
  }

  private VolumeRef volume() throws CommandFailed {
    if (!SessionName.isSegment(name)) {
      throw CommandFailed.usage("`%s` is not the name of a volume".formatted(name));
    }
    return new VolumeRef(VolumeCommand.session(session), name);
  }

  private StoredTag position() throws CommandFailed {
    var lower = tag.toLowerCase(Locale.ROOT);
    if (!StoredTag.isTag(lower)) {
      throw CommandFailed.usage("--tag is 32 hexadecimal digits, not `%s`".formatted(tag));
    }
    var number = sequence;
    if (number != null && number < 0) {
      throw CommandFailed.usage("--sequence is not negative");
    }
    return new StoredTag(number == null ? OptionalLong.empty() : OptionalLong.of(number), lower);
  }
}
