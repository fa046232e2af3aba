package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.volume.TreeImport;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumePosition;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo volume create`.
@Command(
    name = "create",
    description = {
      "Creates a volume that programs can write, and prints its entry for `volumes:` of a session.",
      "The key is generated, and is in the entry. With --key-file, it is in the file instead, which is created if it does not exist."
    })
final class VolumeCreateCommand implements Callable<Integer> {
  private static final Pattern OWNER = Pattern.compile("(?<user>\\d{1,9})(:(?<group>\\d{1,9}))?");

  private final CliContext context;

  @Parameters(paramLabel = "DIR", description = "The directory; created, or empty.")
  private Path directory = Path.of("");

  @Mixin private VolumeNameOption name = new VolumeNameOption();

  @Option(
      names = "--from",
      paramLabel = "TREE",
      description =
          "A directory whose content the volume gets, without devices, and of extended attributes only with those of users.")
  private @Nullable Path from;

  @Option(
      names = "--owner",
      paramLabel = "UID[:GID]",
      description =
          "Who owns the root of the volume, as numbers (default: you). With --from, its owner is that of TREE.")
  private @Nullable String owner;

  @Option(
      names = "--chunk",
      paramLabel = "SIZE",
      description = "The size of chunks: 4k, 8k, 16k, 32k or 64k (default: 8k).")
  private String chunk = "8k";

  @Option(
      names = "--files",
      paramLabel = "WORD",
      description = "`encrypted` (default) or `authenticated-only`, as in the session.")
  private String protection = "encrypted";

  @Option(
      names = "--integrity",
      paramLabel = "WORD",
      description = "`mac` (default) or `hash`, as in the session.")
  private String integrity = "mac";

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The key, 64 hexadecimal digits, mode 0600. `-` is standard input.")
  private @Nullable Path keyFile;

  @Mixin private JsonOption json = new JsonOption();

  VolumeCreateCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var target = CasClientOptions.given("DIR", directory);
    var shape = new VolumeShape(suite(), chunkSize());
    var tree = from;
    if (tree != null && owner != null) {
      throw CommandFailed.usage("--owner and --from exclude each other");
    }
    var root = owner();
    if (tree != null && !Files.isDirectory(CasClientOptions.given("--from", tree))) {
      throw CommandFailed.environment("%s is not a directory".formatted(tree));
    }
    try (var key = key()) {
      Files.createDirectories(target);
      if (tree != null && target.toRealPath().startsWith(tree.toRealPath())) {
        throw CommandFailed.usage("%s is in %s, which would be copied".formatted(target, tree));
      }
      print(create(target, key, shape, root), key, shape.suite());
    }
    return 0;
  }

  /// Returns the owner that the caller has named.
  private Optional<FileOwner> owner() throws CommandFailed {
    var text = owner;
    if (text == null) {
      return Optional.empty();
    }
    var numbers = OWNER.matcher(text);
    if (!numbers.matches()) {
      throw CommandFailed.usage(
          "--owner is a number, or two with a colon between them, such as 1000:1000, not `%s`"
              .formatted(Printable.of(text)));
    }
    int user = Integer.parseInt(numbers.group("user"));
    var group = numbers.group("group");
    return Optional.of(new FileOwner(user, group == null ? user : Integer.parseInt(group)));
  }

  private Suite suite() throws CommandFailed {
    return switch (protection + " " + integrity) {
      case "encrypted mac" -> Suite.AES_256_GCM;
      case "encrypted hash" -> Suite.AES_256_GCM_AND_HASHES;
      case "authenticated-only mac", "authenticated-only hash" -> Suite.HASHES;
      default ->
          throw CommandFailed.usage(
              "--files is `encrypted` or `authenticated-only`, and --integrity is `mac` or `hash`");
    };
  }

  private int chunkSize() throws CommandFailed {
    for (var size = 4 << 10; size <= 64 << 10; size *= 2) {
      boolean same = chunk.toLowerCase(Locale.ROOT).equals("%dk".formatted(size >> 10));
      if (VolumeHeader.isChunkSize(size) && (same || chunk.equals(Integer.toString(size)))) {
        return size;
      }
    }
    throw CommandFailed.usage("--chunk is 4k, 8k, 16k, 32k or 64k, not `%s`".formatted(chunk));
  }

  private Secret key() throws IOException, CommandFailed {
    var file = keyFile;
    if (file != null
        && (file.toString().equals("-") || file.toString().isEmpty() || Files.exists(file))) {
      return VolumeKeyOption.read(file, context);
    }
    return file != null ? VolumeKeyOption.create(file) : VolumeKeyOption.random();
  }

  private static String digits(Secret key) {
    return key.reveal(bytes -> HexFormat.of().formatHex(bytes));
  }

  private VolumePosition create(
      Path target, Secret key, VolumeShape shape, Optional<FileOwner> root) throws IOException {
    var volume =
        WritableVolume.open(
            DirectoryBacking.locked(target), key, new Expected.New(), shape, VolumeOptions.USUAL);
    try {
      var owned = root.isPresent() ? root.get() : new FileOwner((int) Owned.user(), group(target));
      var files = FileSystem.open(volume, InstantSource.system(), owned);
      if (from != null) {
        new TreeImport(files, line -> context.streams().err().println(Printable.of(line)))
            .copy(from);
      }
      files.close();
      return volume.position();
    } catch (IOException | RuntimeException e) {
      volume.abandon();
      clear(target);
      throw e;
    }
  }

  private static int group(Path target) throws IOException {
    return (int) Files.getAttribute(target, "unix:gid");
  }

  /// Removes a volume that is not complete. The directory was empty.
  private static void clear(Path target) throws IOException {
    try (var files = Files.newDirectoryStream(target)) {
      for (var file : files) {
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    }
  }

  private void print(VolumePosition position, Secret key, Suite suite) {
    var entry =
        new VolumeSessionEntry(
            name.of(directory),
            Optional.ofNullable(keyFile),
            keyFile == null ? Optional.of(digits(key)) : Optional.empty(),
            position,
            suite);
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(entry.json(), out);
    } else {
      entry.print(out);
    }
  }
}
