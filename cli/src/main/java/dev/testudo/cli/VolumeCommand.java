package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.VolumeStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `testudo volume`: the volumes of services.
@Command(
    name = "volume",
    description = {
      "Creates, reads and checks volumes, and changes what CAS knows about them.",
      "A volume is a folder that a service keeps, and whose files are encrypted outside of it."
    })
final class VolumeCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new VolumeCommand());
    all.addSubcommand(new VolumeCreateCommand(context));
    all.addSubcommand(new VolumeCheckCommand(context));
    all.addSubcommand(new VolumeListCommand(context));
    all.addSubcommand(new VolumeExportCommand(context));
    all.addSubcommand(new VolumeRekeyCommand(context));
    all.addSubcommand(new VolumeMountCommand(context));
    all.addSubcommand(new VolumeShow(context));
    all.addSubcommand(new VolumeAccept(context));
    return all;
  }

  /// Returns the name of a session that was given as an argument.
  static SessionName session(String text) throws CommandFailed {
    return SessionName.parse(text)
        .orElseThrow(
            () -> CommandFailed.usage("`%s` is not the name of a session".formatted(text)));
  }

  /// Returns one line about a volume: its state and who has it.
  static String line(VolumeStatus volume) {
    var state =
        volume
            .position()
            .map(
                known ->
                    known.sequence().isPresent()
                        ? "state %d, tag %s".formatted(known.sequence().getAsLong(), known.tag())
                        : "tag " + known.tag())
            .orElse("never used");
    var holder =
        volume
            .holder()
            .map(
                mount ->
                    mount.isValid()
                        ? "in use by %s since %s, for %d s or longer"
                            .formatted(mount.service(), mount.since(), mount.validFor().toSeconds())
                        : "not in use; %s had it and did not give it back"
                            .formatted(mount.service()))
            .orElse("not in use");
    return "volume %s (%s): %s; %s".formatted(volume.name(), volume.volume(), state, holder);
  }
}
