package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.sealed.VolumeWriter;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The commands that read and make volumes without a CAS.
class VolumeFilesTest {
  private static final String DIGITS = "0123456789abcdef".repeat(4);

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path volume = Path.of("");
  private Path key = Path.of("");
  private Path tree = Path.of("");

  @BeforeEach
  void places() throws IOException {
    volume = work.resolve("volume");
    key = secret("key", DIGITS);
    tree = Files.createDirectory(work.resolve("tree"));
  }

  private Path secret(String name, String text) throws IOException {
    var file = Files.writeString(work.resolve(name), text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private int run(InputStream in, List<String> args) {
    out.reset();
    err.reset();
    var plain = CliTest.context(out, err, work);
    var streams =
        new CliContext.Streams(in, plain.streams().out(), new PrintStream(err, true, UTF_8));
    return Cli.run(
        args.toArray(String[]::new),
        new CliContext(
            plain.environment(),
            streams,
            plain.installation(),
            false,
            plain.started(),
            plain.insistence()));
  }

  private int volume(String command, Object... args) {
    var words = new ArrayList<>(List.of("volume", command));
    for (var arg : args) {
      words.add(arg.toString());
    }
    words.addAll(List.of("--key-file", key.toString()));
    return run(InputStream.nullInputStream(), words);
  }

  private JsonMembers json(int code, String command, Object... args) throws IOException {
    var words = new ArrayList<>(List.of(args));
    words.add("--json");
    assertEquals(code, volume(command, words.toArray()), err.toString(UTF_8));
    return new Printed(out.toString(UTF_8)).json();
  }

  private static List<JsonMembers> objects(JsonMembers object, String name) throws IOException {
    var objects = new ArrayList<JsonMembers>();
    for (var element : object.array(name)) {
      objects.add(JsonMembers.of(element, name));
    }
    return objects;
  }

  private String create(Object... more) throws IOException {
    var words = new ArrayList<>(List.of(more));
    words.add(volume);
    return json(0, "create", words.toArray()).text("fspf_tag");
  }

  /// A tree with everything that a volume and an archive can both have.
  private void fill() throws IOException {
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/small"), "small");
    Files.writeString(tree.resolve("a/empty"), "");
    var large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    Files.write(tree.resolve("a/b/large"), large);
    Files.createLink(tree.resolve("a/b/other"), tree.resolve("a/small"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("a/../nowhere"));
    try (var sparse =
        FileChannel.open(
            tree.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {1}), 5_000_000);
    }
    Files.writeString(tree.resolve("n".repeat(255)), "a long name");
    Files.writeString(tree.resolve("line\nbreak"), "a name that must be escaped");
    Files.setPosixFilePermissions(
        tree.resolve("a/small"), PosixFilePermissions.fromString("r-x--x---"));
    Files.setLastModifiedTime(tree.resolve("a/b"), FileTime.from(Instant.ofEpochSecond(1234567)));
  }

  private static Map<String, String> listing(Path root) throws IOException {
    var found = new TreeMap<String, String>();
    try (var walk = Files.walk(root)) {
      for (var file : walk.toList()) {
        var unix = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        var content =
            Files.isSymbolicLink(file)
                ? Files.readSymbolicLink(file).toString()
                : Files.isRegularFile(file)
                    ? HexFormat.of().formatHex(digest(Files.readAllBytes(file)))
                    : "";
        var isDirectory = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        found.put(
            root.relativize(file).toString(),
            "%s %s %s %s %s %s"
                .formatted(
                    unix.get("mode"),
                    unix.get("uid"),
                    unix.get("gid"),
                    isDirectory ? "" : unix.get("nlink"),
                    Files.isSymbolicLink(file)
                        ? ""
                        : Files.getLastModifiedTime(file).to(TimeUnit.SECONDS),
                    content));
      }
    }
    return found;
  }

  private static byte[] digest(byte[] bytes) {
    return ByteBuffer.allocate(8).putInt(bytes.length).putInt(Arrays.hashCode(bytes)).array();
  }

  private Path extract(byte[] archive) throws IOException, InterruptedException {
    var target = Files.createDirectory(work.resolve("extracted"));
    var file = Files.write(work.resolve("volume.tar"), archive);
    var tar =
        new ProcessBuilder(
                "tar", "-x", "-p", "--xattrs", "-f", file.toString(), "-C", target.toString())
            .inheritIO()
            .start();
    assertTrue(tar.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, tar.exitValue());
    return target;
  }

  /// Changes a byte of the volume where this content is. The volume must not encrypt.
  private void damage(byte[] content) throws IOException {
    try (var files = Files.list(volume)) {
      for (var file : files.toList()) {
        var bytes = Files.readAllBytes(file);
        for (var at = 0; at + content.length <= bytes.length; at++) {
          if (Arrays.equals(bytes, at, at + content.length, content, 0, content.length)) {
            bytes[at] ^= 1;
            Files.write(file, bytes);
            return;
          }
        }
      }
    }
    throw new AssertionError("the content is not in the volume");
  }

  @Test
  void whatIsExportedIsWhatWasImported() throws IOException, InterruptedException {
    fill();
    var before = listing(tree);
    create("--from", tree);
    assertEquals(0, volume("export", volume), err.toString(UTF_8));
    var after = listing(extract(out.toByteArray()));
    before.remove("");
    after.remove("");
    assertEquals(before, after);
  }

  @Test
  void attributesOfUsersAreImportedAndExported() throws IOException, InterruptedException {
    fill();
    var value = "a=b\nc\0".getBytes(UTF_8);
    for (var name : List.of("a", "a/small")) {
      attributes(tree.resolve(name)).write("colour", ByteBuffer.wrap(value));
    }
    create("--from", tree);
    assertEquals(0, volume("export", volume), err.toString(UTF_8));
    assertEquals("", err.toString(UTF_8));
    var extracted = extract(out.toByteArray());
    for (var name : List.of("a", "a/small")) {
      var read = ByteBuffer.allocate(100);
      attributes(extracted.resolve(name)).read("colour", read);
      assertEquals(ByteBuffer.wrap(value), read.flip(), name);
    }
    assertEquals(List.of(), attributes(extracted.resolve("a/empty")).list());
  }

  private static UserDefinedFileAttributeView attributes(Path file) {
    return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
  }

  @Test
  void aPartIsExportedWithNamesFromThere() throws IOException, InterruptedException {
    fill();
    create("--from", tree);
    assertEquals(0, volume("export", volume + ":/a/small"), err.toString(UTF_8));
    var target = extract(out.toByteArray());
    assertEquals("small", Files.readString(target.resolve("small")));
  }

  @Test
  void anIntactVolumeIsIntactInAllItsForms() throws IOException {
    fill();
    for (var form :
        List.of(
            List.<Object>of("--chunk", "4k"),
            List.<Object>of("--files", "authenticated-only", "--chunk", "64k"),
            List.<Object>of("--integrity", "hash"))) {
      volume = work.resolve("volume" + form.hashCode());
      var options = new ArrayList<>(form);
      options.addAll(List.of("--from", tree));
      var tag = create(options.toArray());
      var checked = json(0, "check", volume, "--tag", tag);
      assertTrue(checked.bool("intact"));
      assertEquals(tag, checked.text("tag"));
      assertEquals(10, checked.natural("files"));
    }
  }

  @Test
  void aCheckNamesTheFileThatIsDamagedAndAnExportSavesTheOthers()
      throws IOException, InterruptedException {
    fill();
    var large = Files.readAllBytes(tree.resolve("a/b/large"));
    create("--from", tree, "--files", "authenticated-only");
    damage(Arrays.copyOfRange(large, 1 << 20, (1 << 20) + 64));
    var checked = json(1, "check", volume);
    assertFalse(checked.bool("intact"));
    var damages = objects(checked, "damages");
    assertEquals(1, damages.size());
    assertEquals("/a/b/large", damages.getFirst().text("path"));

    assertEquals(1, volume("export", volume));
    assertEquals(
        "testudo: the volume is damaged: 1 places are not in the archive",
        err.toString(UTF_8).lines().toList().getLast());
    var saved = listing(extract(out.toByteArray()));
    var wanted = listing(tree);
    wanted.remove("a/b/large");
    wanted.remove("");
    saved.remove("");
    assertEquals(wanted, saved);
  }

  @Test
  void aDirectoryIsListedWithEscapedNames() throws IOException {
    fill();
    create("--from", tree);
    var entries = objects(json(0, "ls", volume), "entries");
    var names = new ArrayList<String>();
    for (var entry : entries) {
      names.add(entry.text("name"));
    }
    assertEquals(List.of("a", "line\\x0abreak", "link", "n".repeat(255), "sparse"), names);
    assertEquals("a/../nowhere", entries.get(2).text("target"));
    assertEquals(5_000_001, entries.get(4).natural("size"));
    assertEquals(0, volume("ls", volume + ":a/small"));
    assertEquals("small", out.toString(UTF_8).strip().replaceFirst(".* ", ""));
    assertEquals(1, volume("ls", volume + ":a/nothing"));
  }

  @Test
  void anotherKeyIsRefused() throws IOException {
    create();
    key = secret("other", "f".repeat(64));
    for (var command : List.of("check", "ls", "export")) {
      assertEquals(4, volume(command, volume), command);
      assertEquals("testudo: the volume has another key\n", err.toString(UTF_8));
      assertEquals("", out.toString(UTF_8));
    }
  }

  @Test
  void aStateThatTheVolumeNeverHadIsRefused() throws IOException {
    var tag = create();
    assertEquals(0, volume("check", volume, "--tag", tag), err.toString(UTF_8));
    for (var command : List.of("check", "ls", "export")) {
      assertEquals(4, volume(command, volume, "--tag", "0".repeat(32)), command);
      assertEquals("", out.toString(UTF_8));
    }
  }

  /// Does what a service does that uses the volume.
  private String write() throws IOException {
    try (var secret = Secret.taking(HexFormat.of().parseHex(DIGITS))) {
      var store =
          WritableVolume.open(
              DirectoryBacking.locked(volume),
              secret,
              new Expected.Newest(),
              VolumeShape.USUAL,
              VolumeOptions.USUAL);
      try (var files = FileSystem.open(store, InstantSource.system(), FileOwner.ROOT)) {
        files.create(KnownInode.ROOT, "new".getBytes(UTF_8), Inode.FILE | 0600, FileOwner.ROOT);
      }
      return store.position().tag().hex();
    }
  }

  @Test
  void anOlderCopyIsRefusedWithTheTagOfALaterState() throws IOException {
    var first = create();
    var older = Files.createDirectory(work.resolve("older"));
    try (var files = Files.list(volume)) {
      for (var file : files.toList()) {
        Files.copy(file, older.resolve(file.getFileName()));
      }
    }
    var later = write();
    assertEquals(0, volume("check", volume, "--tag", later), err.toString(UTF_8));
    assertEquals(4, volume("check", older, "--tag", later));
    assertEquals("", out.toString(UTF_8));
    assertEquals(first, json(0, "check", older).text("tag"));
  }

  @Test
  void aVolumeThatIsGoneIsRefusedAndNoVolumeIsAnError() throws IOException {
    Files.createDirectory(volume);
    assertEquals(3, volume("check", volume));
    assertEquals(4, volume("check", volume, "--tag", "0".repeat(32)));
  }

  @Test
  void aVolumeIsCreatedInAnEmptyDirectoryOnly() throws IOException {
    create();
    var before = listing(volume);
    assertEquals(3, volume("create", volume));
    assertEquals(before, listing(volume));
  }

  @Test
  void theOwnerOfTheRootCanBeGiven() throws IOException {
    create("--owner", "1000:1001");
    try (var secret = Secret.taking(HexFormat.of().parseHex(DIGITS));
        var files =
            FileSystem.open(
                WritableVolume.open(
                    DirectoryBacking.locked(volume),
                    secret,
                    new Expected.Newest(),
                    VolumeShape.USUAL,
                    VolumeOptions.USUAL),
                InstantSource.system(),
                FileOwner.ROOT)) {
      assertEquals(new FileOwner(1000, 1001), files.attributes(KnownInode.ROOT).inode().owner());
    }
  }

  @Test
  void anOwnerThatIsNoNumberIsRefused() {
    assertEquals(2, volume("create", "--owner", "me", volume));
    assertEquals(2, volume("create", "--owner", "1000", "--from", tree, volume));
    assertFalse(Files.exists(volume));
  }

  @Test
  void whatCannotBeCopiedLeavesNoVolume() throws IOException {
    Files.createDirectories(tree.resolve("inside"));
    volume = tree.resolve("inside/volume");
    assertEquals(2, volume("create", volume, "--from", tree));
    try (var files = Files.list(volume)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void theEntryOfASessionHasTheGeneratedKeyUnlessAFileHasIt() throws IOException {
    var words = List.of("volume", "create", "--name", "data", volume.toString());
    assertEquals(0, run(InputStream.nullInputStream(), words), err.toString(UTF_8));
    var entry = out.toString(UTF_8);
    assertTrue(
        entry.matches(
            """
            volumes:
              - name: data
                fspf_key: [0-9a-f]{64}
                fspf_tag: [0-9a-f]{32}
            """),
        entry);
    key = secret("generated", entry.replaceFirst("(?s).*fspf_key: ", "").substring(0, 64));
    assertEquals(0, volume("check", volume), err.toString(UTF_8));

    volume = work.resolve("second");
    key = work.resolve("new.key");
    create();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertEquals(0, volume("check", volume), err.toString(UTF_8));
    assertFalse(out.toString(UTF_8).contains(Files.readString(key).strip()));
  }

  @Test
  void aKeyComesFromStandardInputOrAFileOfItsOwnerOnly() throws IOException {
    create();
    var words = List.of("volume", "check", volume.toString(), "--key-file", "-");
    assertEquals(0, run(new ByteArrayInputStream((DIGITS + "\n").getBytes(UTF_8)), words));
    assertEquals(1, run(new ByteArrayInputStream("short".getBytes(UTF_8)), words));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(3, volume("check", volume));
    assertEquals("", out.toString(UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void aSealedVolumeIsReadToo(VolumeProtection protection)
      throws IOException, InterruptedException {
    Files.createDirectory(volume);
    var content = "sealed".repeat(5000).getBytes(UTF_8);
    var file =
        new VolumeEntry.RegularFile(
            "/usr/file", 0640, content.length, () -> new ByteArrayInputStream(content));
    try (var secret = Secret.taking(HexFormat.of().parseHex(DIGITS))) {
      VolumeWriter.write(List.of(file), protection, secret, VolumeSink.into(volume));
    }
    assertEquals(0, volume("check", volume), err.toString(UTF_8));
    assertEquals(0, volume("ls", volume + ":usr"), err.toString(UTF_8));
    assertEquals(0, volume("export", volume), err.toString(UTF_8));
    var target = extract(out.toByteArray());
    assertArrayEquals(content, Files.readAllBytes(target.resolve("usr/file")));
    assertEquals(4, volume("check", volume, "--tag", "0".repeat(32)));
  }
}
