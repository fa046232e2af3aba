package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.volume.VolumeContent;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeException.Kind;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.RekeyListener;
import dev.testudo.volume.store.StoreTuning;
import dev.testudo.volume.store.VolumeRekey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo volume rekey`.
@Command(
    name = "rekey",
    description = {
      "Encrypts a volume that programs write with another key, and prints its new entry for `volumes:` of a session.",
      "Everything is verified meanwhile. If something is damaged, the volume keeps its old key, and the exit code is 1. Until the end, the new copy needs as much space as the content. If the command is killed, run it again: it continues. No service may use the volume meanwhile.",
      "A key that CAS has generated never leaves CAS, so this command cannot change it."
    })
final class VolumeRekeyCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "DIR", description = "The directory of the volume.")
  private Path directory = Path.of("");

  @Mixin private VolumeKeyOption key = new VolumeKeyOption();

  @Option(
      names = "--new-key-file",
      required = true,
      paramLabel = "FILE",
      description =
          "A file with the new key, mode 0600. If it does not exist, a key is generated and written to it.")
  private Path newKeyFile = Path.of("");

  @Mixin private VolumeNameOption name = new VolumeNameOption();

  @Option(
      names = "--restart",
      description = "Removes what a run with another new key has left, and begins anew.")
  private boolean restart;

  @Mixin private JsonOption json = new JsonOption();

  VolumeRekeyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var place = CasClientOptions.given("DIR", directory);
    if (!Files.isDirectory(place)) {
      throw CommandFailed.environment("%s is not a directory".formatted(place));
    }
    var expected = key.tag().<Expected>map(Expected.State::new).orElseGet(Expected.Newest::new);
    try (var old = key.key(context);
        var other = newKey()) {
      if (isSame(old, other)) {
        throw CommandFailed.usage("the new key is the old one");
      }
      print(rekey(place, old, other, expected));
    }
    return 0;
  }

  private Secret newKey() throws IOException, CommandFailed {
    var file = CasClientOptions.given("--new-key-file", newKeyFile);
    if (file.toString().equals("-")) {
      throw CommandFailed.usage(
          "--new-key-file is a file: a run that is killed needs the key again");
    }
    return Files.exists(file) ? VolumeKeyOption.read(file, context) : VolumeKeyOption.create(file);
  }

  private static boolean isSame(Secret one, Secret other) {
    return one.reveal(a -> other.reveal(b -> MessageDigest.isEqual(a, b)));
  }

  private VolumeRekey.Rekeyed rekey(Path place, Secret old, Secret other, Expected expected)
      throws IOException {
    var progress = new ProgressLine(context.streams().err(), context.terminal());
    try (var backing = DirectoryBacking.locked(place)) {
      if (restart) {
        VolumeRekey.discard(backing, old, expected);
      }
      return VolumeRekey.run(
          backing, old, other, expected, StoreTuning.USUAL, new Report(progress));
    } catch (VolumeException e) {
      progress.clear();
      if (e.kind() == Kind.DAMAGED) {
        list(place, old);
      }
      throw e;
    } finally {
      progress.clear();
    }
  }

  /// Lists all damage with its paths, as far as the volume can be opened.
  private void list(Path place, Secret old) throws IOException {
    try (var volume = VolumeContent.open(place, old, Optional.empty())) {
      volume
          .check(_ -> {})
          .damages()
          .forEach(damage -> context.streams().err().println(VolumeCheckCommand.line(damage)));
    } catch (VolumeException _) {
      // The first exception says it.
    }
  }

  private void say(String line) {
    context.streams().err().println("testudo: " + Printable.of(line));
  }

  private void print(VolumeRekey.Rekeyed done) {
    var entry =
        new VolumeSessionEntry(
            name.of(directory),
            Optional.of(newKeyFile),
            Optional.empty(),
            done.to(),
            done.shape().suite());
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(
          entry.json().put("previous_tag", done.from().map(from -> from.tag().hex())), out);
    } else {
      entry.print(out);
    }
    say(
        done.from()
            .map("the old key opens nothing any more; it opened state %s"::formatted)
            .orElse("the volume has the new key already"));
    say("put key and tag into the session of the volume, and run `testudo session update`");
  }

  /// Tells people how far the command is.
  private final class Report implements RekeyListener {
    private final ProgressLine progress;

    Report(ProgressLine progress) {
      this.progress = progress;
    }

    @Override
    public void began(boolean again) {
      if (again) {
        say("continuing with what an earlier run has encrypted");
      }
    }

    @Override
    public void copied(long bytes, long total) {
      progress.show(() -> "encrypted %d of about %d MiB".formatted(bytes >> 20, total >> 20));
    }

    @Override
    public void verified(long bytes, long total) {
      progress.show(() -> "verified %d of about %d MiB".formatted(bytes >> 20, total >> 20));
    }
  }
}
