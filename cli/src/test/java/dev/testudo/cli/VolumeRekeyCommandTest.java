package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.WriteMode;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.store.DamageListener;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.ReadableVolume;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `testudo volume rekey`.
class VolumeRekeyCommandTest {
  private static final String DIGITS = "0123456789abcdef".repeat(4);
  private static final String OTHERS = "fedcba9876543210".repeat(4);

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path volume = Path.of("");
  private Path oldKey = Path.of("");
  private Path newKey = Path.of("");

  @BeforeEach
  void places() throws IOException {
    volume = work.resolve("volume");
    oldKey = work.resolve("old");
    newKey = work.resolve("new");
    write(oldKey, DIGITS);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private int run(Object... args) {
    out.reset();
    err.reset();
    var plain = CliTest.context(out, err, work);
    var streams =
        new CliContext.Streams(
            new ByteArrayInputStream(new byte[0]),
            plain.streams().out(),
            new PrintStream(err, true, UTF_8));
    return Cli.run(
        Arrays.stream(args).map(Object::toString).toArray(String[]::new),
        new CliContext(
            plain.environment(),
            streams,
            plain.installation(),
            false,
            plain.started(),
            plain.insistence()));
  }

  private void succeed(Object... args) {
    assertEquals(0, run(args), err.toString(UTF_8));
  }

  private int rekey(Object... more) {
    var args = new ArrayList<Object>(List.of("volume", "rekey", volume, "--key-file", oldKey));
    args.addAll(List.of("--new-key-file", newKey));
    args.addAll(List.of(more));
    return run(args.toArray());
  }

  private byte[] export(Path key) {
    succeed("volume", "export", volume, "--key-file", key);
    assertEquals("", err.toString(UTF_8));
    return out.toByteArray();
  }

  private Path tree() throws IOException {
    var tree = Files.createDirectories(work.resolve("tree/a/b")).resolve("../..").normalize();
    Files.writeString(tree.resolve("a/small"), "small");
    var large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    Files.write(tree.resolve("a/b/large"), large);
    Files.createLink(tree.resolve("a/b/other"), tree.resolve("a/b/large"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("nowhere"));
    try (var sparse =
        FileChannel.open(
            tree.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {1}), 50_000_000);
    }
    Files.writeString(tree.resolve("n".repeat(255)), "a long name");
    Files.getFileAttributeView(tree.resolve("a"), UserDefinedFileAttributeView.class)
        .write("colour", ByteBuffer.wrap("red=\0".getBytes(UTF_8)));
    Files.setPosixFilePermissions(
        tree.resolve("a/small"), PosixFilePermissions.fromString("r-x--x---"));
    Files.setLastModifiedTime(tree.resolve("a/b"), FileTime.from(Instant.ofEpochSecond(-77, 5)));
    return tree;
  }

  private static Secret secret(String digits) {
    return Secret.taking(HexFormat.of().parseHex(digits));
  }

  /// Leaves a file without a name that was open when a service crashed.
  private void leaveAnOrphan() throws IOException {
    try (var key = secret(DIGITS)) {
      var store =
          WritableVolume.open(
              DirectoryBacking.locked(volume),
              key,
              new Expected.Newest(),
              VolumeShape.USUAL,
              VolumeOptions.USUAL);
      var files = FileSystem.open(store, InstantSource.system(), FileOwner.ROOT);
      var name = "temporary".getBytes(UTF_8);
      var file = files.create(KnownInode.ROOT, name, Inode.FILE | 0600, FileOwner.ROOT);
      files.write(file.number(), 0, new byte[100_000], 0, 100_000, WriteMode.PLAIN);
      files.unlink(KnownInode.ROOT, name);
      store.sync();
      store.abandon();
    }
  }

  /// All entries that are not about the places of chunks, and which chunks are there.
  private Map<String, String> entries(String digits) throws IOException {
    var entries = new TreeMap<String, String>();
    byte[] from = {};
    try (var key = secret(digits);
        var store =
            ReadableVolume.open(
                DirectoryBacking.shared(volume), key, new Expected.Newest(), DamageListener.NONE)) {
      byte[] end = {-1};
      for (var entry = store.next(from, end); entry.isPresent(); entry = store.next(from, end)) {
        var bytes = entry.get().key();
        var read = TreeKey.read(bytes, "tree");
        entries.put(
            HexFormat.of().formatHex(bytes),
            read.kind() == TreeKey.Kind.RUN
                ? "%d chunks".formatted(store.chunks(read.inode()))
                : HexFormat.of().formatHex(entry.get().value()));
        from = Arrays.copyOf(bytes, bytes.length + 1);
      }
    }
    return entries;
  }

  @Test
  void theWholeTreeIsThereUnderTheNewKeyAndNothingElse() throws IOException {
    succeed("volume", "create", volume, "--from", tree(), "--key-file", oldKey);
    leaveAnOrphan();
    var files = names();
    var entries = entries(DIGITS);
    var archive = export(oldKey);
    write(newKey, OTHERS);

    assertEquals(0, rekey("--name", "data"), err.toString(UTF_8));

    var entry = out.toString(UTF_8);
    assertTrue(
        entry.matches(
            """
            volumes:
              - name: data
                fspf_key: # the digits in .*/new
                fspf_tag: [0-9a-f]{32}
            """),
        entry);
    var tag = entry.strip().replaceFirst("(?s).* ", "");
    succeed("volume", "check", volume, "--key-file", newKey, "--tag", tag);
    assertEquals(4, run("volume", "check", volume, "--key-file", oldKey));
    assertEquals(entries, entries(OTHERS));
    assertArrayEquals(archive, export(newKey));
    var left = names();
    left.retainAll(files);
    assertEquals(Set.of("lock", "testudo-volume"), left);
  }

  private Set<String> names() throws IOException {
    try (var files = Files.list(volume)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void aKeyIsGeneratedForItsOwnerAlone() throws IOException {
    succeed("volume", "create", volume, "--key-file", oldKey);
    assertEquals(0, rekey("--json"), err.toString(UTF_8));
    var printed = new Printed(out.toString(UTF_8)).json();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(newKey)));
    var digits = Files.readString(newKey).strip();
    assertTrue(digits.matches("[0-9a-f]{64}"));
    assertFalse((out.toString(UTF_8) + err.toString(UTF_8)).contains(digits));
    succeed("volume", "check", volume, "--key-file", newKey, "--tag", printed.text("fspf_tag"));

    assertEquals(0, rekey("--json"), err.toString(UTF_8));
    assertEquals(
        printed.text("fspf_tag"), new Printed(out.toString(UTF_8)).json().text("fspf_tag"));
  }

  @Test
  void damageIsListedAndTheOldKeyStays() throws IOException {
    var tree = tree();
    succeed(
        "volume", "create", volume, "--from", tree, "--key-file", oldKey, "--integrity", "hash");
    flipInSegments();
    assertEquals(1, rekey());
    var lines = err.toString(UTF_8).lines().toList();
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("/a/b/large: ")), lines::toString);
    assertEquals("", out.toString(UTF_8));
    assertEquals(1, run("volume", "check", volume, "--key-file", oldKey));
    assertEquals(4, run("volume", "check", volume, "--key-file", newKey));
  }

  /// Changes the chunks of data, which come before the nodes.
  private void flipInSegments() throws IOException {
    for (var name : names()) {
      if (name.endsWith(".s0")) {
        var bytes = Files.readAllBytes(volume.resolve(name));
        bytes[20 * (8 << 10)] ^= 1;
        Files.write(volume.resolve(name), bytes);
      }
    }
  }

  @Test
  void anotherStateAnotherKeyAndTheSameKeyAreRefused() throws IOException {
    succeed("volume", "create", volume, "--key-file", oldKey);
    var before = names();
    assertEquals(4, rekey("--tag", "0".repeat(32)));
    write(newKey, DIGITS);
    assertEquals(2, rekey());
    write(newKey, OTHERS);
    write(oldKey, "a".repeat(64));
    assertEquals(4, rekey());
    assertEquals(before, names());
  }
}
