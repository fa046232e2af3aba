package dev.testudo.agent.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.view.HostParts;
import dev.testudo.agent.view.ProgramView;
import dev.testudo.agent.view.ViewException;
import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.process.Exit;
import dev.testudo.linux.process.ProgramUser;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import dev.testudo.shield.LocalNetwork;
import dev.testudo.shield.Shield;
import dev.testudo.shield.Shown;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.FileProtection;
import dev.testudo.trust.channel.FileTemplates;
import dev.testudo.trust.channel.HostInputs;
import dev.testudo.trust.channel.InjectedFile;
import dev.testudo.trust.channel.ProgramStart;
import dev.testudo.trust.channel.ProtectedFiles;
import dev.testudo.trust.channel.RegionAccess;
import dev.testudo.trust.measure.HashedContent;
import dev.testudo.trust.measure.ImageDescription;
import dev.testudo.trust.measure.ImageEntry;
import dev.testudo.trust.measure.MeasuredImage;
import dev.testudo.trust.measure.RestrictedEntries;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.sealed.VolumeWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Programs see the protected files of their image as they were written, or do not start.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
@ParameterizedClass
@EnumSource
class SealedFilesPrivilegedTest {
  private static final String STORED = "/usr/lib/testudo/files";
  private static final String SOME = "0".repeat(64);
  private static final UserIds NOBODY = new UserIds(65534, 65534);

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Path app;
  private Path volume;
  private String tag;
  private final VolumeProtection protection;

  SealedFilesPrivilegedTest(VolumeProtection protection) {
    this.protection = protection;
  }

  /// Classes cannot be loaded in a view.
  @BeforeAll
  static void loadWhatFollows() throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              ProgramUser.become(NOBODY, Set.of());
              return Child.spawn(command("exit 0"));
            });
    Thread.ofPlatform().start(task);
    assertEquals(new Exit.Exited(0), task.get().await());
  }

  @BeforeEach
  void seal() throws IOException {
    directory = directory.toRealPath();
    app = directory.resolve("app");
    volume = Files.createDirectory(directory.resolve("volume"));
    var entries =
        List.<VolumeEntry>of(
            new VolumeEntry.Directory(app.toString(), 0755),
            file("secret.txt", 0440, "tell nobody\n".getBytes(UTF_8)),
            file("pkg/part.py", 0444, "VALUE = 42\n".getBytes(UTF_8)),
            file("large.bin", 0444, "x".repeat(50_000).getBytes(UTF_8)),
            new VolumeEntry.Link(app.resolve("link").toString(), "secret.txt"));
    tag = VolumeWriter.write(entries, protection, key(1), VolumeSink.into(volume)).hex();
  }

  private VolumeEntry file(String name, int mode, byte[] content) {
    return new VolumeEntry.RegularFile(
        app.resolve(name).toString(),
        mode,
        content.length,
        () -> new ByteArrayInputStream(content));
  }

  private static Secret key(int number) {
    var bytes = new byte[32];
    bytes[0] = (byte) number;
    return Secret.taking(bytes);
  }

  private Configuration configuration(int key, Optional<String> wanted) {
    var region =
        new RegionAccess(
            STORED, "rollback_protected_reinitializable", new FileProtection(key(key), wanted));
    return new Configuration(
        new ProgramStart(List.of("prog"), Map.of(), Optional.empty()),
        List.of(),
        FileTemplates.NONE,
        new ProtectedFiles(List.of(), Optional.of(region), Optional.empty()),
        new Configuration.Origin("session", "hash", false),
        HostInputs.NONE);
  }

  private MeasuredImage image(ImageEntry... more) throws IOException {
    var entries = new ArrayList<>(List.of(more));
    try (var files = Files.list(volume)) {
      for (var file : files.toList()) {
        entries.add(entry(STORED + "/" + file.getFileName(), file));
      }
    }
    return new MeasuredImage(
        new Measurement(SOME),
        new ImageDescription("it", true, List.of(), List.of(), RestrictedEntries.NONE),
        entries);
  }

  private static ImageEntry entry(String path, Path source) throws IOException {
    var content = new HashedContent(Files.size(source), hash(Files.readAllBytes(source)), "");
    return new ImageEntry.RegularFile(path, 0444, content, source);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private SealedFiles open(int key, Optional<String> wanted, ImageEntry... more)
      throws AgentFailure, IOException {
    return SealedFiles.open(configuration(key, wanted), image(more), said::add);
  }

  private AgentFailure refusal(int key, Optional<String> wanted, ImageEntry... more) {
    return assertThrows(AgentFailure.class, () -> open(key, wanted, more).close());
  }

  private void flip(String suffix, int at) throws IOException {
    try (var files = Files.list(volume)) {
      var file = files.filter(f -> f.toString().endsWith(suffix)).findAny().orElseThrow();
      var bytes = Files.readAllBytes(file);
      bytes[at] ^= 1;
      Files.write(file, bytes);
    }
  }

  /// Runs a shell script as a container does, and returns what it says.
  private String inContainer(SealedFiles files, String script) throws Exception {
    var rules = ShieldVariables.read(Map.of("SCONE_NETWORK_SHIELD", "unprotected"));
    var output = Files.createTempFile(directory, "output", ".txt");
    try (var shield =
        value(Shield.of(value(rules), new LocalNetwork.Host(), _ -> {}, InstantSource.system()))) {
      List<Shown> shown = files.shown(List.of());
      shield.inject(shown);
      var child = shield.launch(() -> {}, command("exec > " + output + " 2>&1\n" + script));
      assertEquals(new Exit.Exited(0), child.await(), Files.readString(output));
    }
    return Files.readString(output);
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) -> throw new AssertionError(problems.toString());
    };
  }

  private static Command command(String script) {
    return new Command(
        Path.of("/bin/sh"),
        List.of("sh", "-c", script),
        Map.of("PATH", "/usr/bin:/bin"),
        Optional.of(Path.of("/")),
        Command.Input.EMPTY);
  }

  private String script() {
    return """
    cd /; cat %1$s/secret.txt %1$s/link
    ls %1$s
    wc -c < %1$s/large.bin
    PYTHONPATH=%1$s /usr/bin/python3 -c 'import pkg.part; print(pkg.part.VALUE)'
    echo x 2>/dev/null > %1$s/secret.txt || echo read-only
    """
        .formatted(app);
  }

  private static final String SEEN =
      """
      tell nobody
      tell nobody
      large.bin
      link
      pkg
      secret.txt
      50000
      42
      read-only
      """;

  @Test
  void aProgramInAContainerSeesThem() throws Exception {
    try (var files = open(1, Optional.of(tag))) {
      assertEquals(SEEN, inContainer(files, script()));
    }
    assertEquals(List.of(), said);
    assertFalse(Files.exists(app));
  }

  @Test
  void aProgramInAViewSeesThem() throws Exception {
    var output = Files.createDirectory(directory.resolve("out"));
    Files.setAttribute(output, "unix:mode", 0777);
    try (var files = open(1, Optional.of(tag))) {
      var host = new HostParts(List.of(), List.of(output), List.of());
      var view = ProgramView.of(files.placed(), host, NOBODY);
      var child = inView(view, "exec > " + output + "/said 2>&1\n" + script());
      assertEquals(new Exit.Exited(0), child.await());
    }
    assertEquals(SEEN, Files.readString(output.resolve("said")));
  }

  private static Child inView(ProgramView view, String script) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              view.enter();
              ProgramUser.become(NOBODY, Set.of());
              return Child.spawn(command(script));
            });
    Thread.ofPlatform().start(task);
    return task.get();
  }

  @Test
  void aDamagedChunkIsAnErrorAndOneLine() throws Exception {
    flip(".s0", 3 * 8192); // of large.bin
    try (var files = open(1, Optional.of(tag))) {
      var script = "cat %1$s/large.bin; cat %1$s/large.bin; cat %1$s/secret.txt".formatted(app);
      var seen = inContainer(files, script);
      assertEquals(
          "cat: %1$s/large.bin: Input/output error\n".formatted(app).repeat(2) + "tell nobody\n",
          seen);
    }
    assertEquals(1, said.size());
    assertTrue(said.getFirst().startsWith("the program cannot open `" + app + "/large.bin` (EIO)"));
  }

  @Test
  void aByteThatChangesAfterTheStartIsAnErrorToo() throws Exception {
    try (var files = open(1, Optional.of(tag))) {
      flip(".s0", 3 * 8192); // of large.bin
      var seen = inContainer(files, "cat %1$s/large.bin; cat %1$s/secret.txt".formatted(app));
      assertEquals("cat: %s/large.bin: Input/output error\ntell nobody\n".formatted(app), seen);
    }
  }

  @Test
  void aDamagedChunkKeepsAProgramInAViewFromStarting() throws Exception {
    flip(".s0", 3 * 8192);
    try (var files = open(1, Optional.of(tag))) {
      var host = new HostParts(List.of(), List.of(), List.of());
      var view = ProgramView.of(files.placed(), host, NOBODY);
      var failure = assertThrows(ExecutionException.class, () -> inView(view, "exit 0"));
      assertTrue(failure.getCause() instanceof ViewException, failure.toString());
    }
  }

  @Test
  void anotherKeyOrStateAndDamageAreRefused() throws Exception {
    var other = refusal(2, Optional.of(tag));
    assertEquals(AgentFailure.Kind.REFUSED, other.kind());
    assertEquals(
        "refused: the protected files of the image (`fspf_path: %s`): the volume has another key"
            .formatted(STORED),
        other.line());
    var state = refusal(1, Optional.of("0".repeat(32)));
    assertEquals(AgentFailure.Kind.REFUSED, state.kind());
    assertNotEquals(other.line(), state.line());
    open(1, Optional.empty()).close();
    flip(".j0", 600);
    assertEquals(AgentFailure.Kind.REFUSED, refusal(1, Optional.of(tag)).kind());
  }

  private String writeOther(List<VolumeEntry> entries) throws IOException {
    try (var files = Files.list(volume)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    return VolumeWriter.write(entries, protection, key(1), VolumeSink.into(volume)).hex();
  }

  @Test
  void aFileThatIsAddedRemovedOrRenamedKeepsTheProgramFromStarting() throws Exception {
    var secret = file("secret.txt", 0440, "tell nobody\n".getBytes(UTF_8));
    var part = file("pkg/part.py", 0444, "VALUE = 42\n".getBytes(UTF_8));
    tag = writeOther(List.of(secret, part));
    open(1, Optional.of(tag)).close();
    for (var entries :
        List.<List<VolumeEntry>>of(
            List.of(secret, part, file("more.py", 0444, new byte[1])),
            List.of(secret),
            List.of(secret, file("pkg/other.py", 0444, "VALUE = 42\n".getBytes(UTF_8))),
            List.of(secret, file("pkg/part.py", 0445, "VALUE = 42\n".getBytes(UTF_8))))) {
      writeOther(entries);
      assertEquals(AgentFailure.Kind.REFUSED, refusal(1, Optional.of(tag)).kind());
    }
  }

  @Test
  void anotherVolumeOfTheSameKeyThanTheMeasuredOneIsRefusedAlsoWithoutATag() throws Exception {
    var measured = image();
    open(1, Optional.empty()).close();
    var config = configuration(1, Optional.empty());
    var header = Files.readAllBytes(volume.resolve("testudo-volume"));
    writeOther(List.of(file("secret.txt", 0440, "another text\n".getBytes(UTF_8))));
    assertFalse(Arrays.equals(header, Files.readAllBytes(volume.resolve("testudo-volume"))));
    var failure =
        assertThrows(
            AgentFailure.class, () -> SealedFiles.open(config, measured, said::add).close());
    assertEquals(AgentFailure.Kind.REFUSED, failure.kind());
  }

  @Test
  void filesThatAreTooLargeForAViewAreRefusedWithTheLimit() throws Exception {
    long bytes = 50_000L + "tell nobody\n".length() + "VALUE = 42\n".length();
    try (var files = open(1, Optional.of(tag))) {
      assertEquals(files.placed(), files.placed(bytes));
      var refused = assertThrows(AgentFailure.class, () -> files.placed(bytes - 1));
      assertEquals(AgentFailure.Kind.INPUT_WRONG, refused.kind());
      assertEquals(
          "the protected files of the image (`fspf_path: %s`) have %d bytes, and the view of a program has room for %d; start the image in a container, where files are read when the program opens them"
              .formatted(STORED, bytes, bytes - 1),
          refused.line());
    }
  }

  @Test
  void anImageWithoutTheVolumeOrWithSomethingBeneathIsRefused() throws Exception {
    var source = Files.writeString(directory.resolve("beneath"), "clear");
    var beneath = entry(app.resolve("secret.txt").toString(), source);
    assertEquals(
        "the image has something at `%s/secret.txt`, which is the path of a protected file; remove it"
            .formatted(app),
        refusal(1, Optional.of(tag), beneath).line());
    open(1, Optional.of(tag), new ImageEntry.Directory(app.toString(), 0755)).close();
    try (var files = Files.list(volume)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    assertEquals(AgentFailure.Kind.INPUT_WRONG, refusal(1, Optional.of(tag)).kind());
  }

  @Test
  void anInjectedFileTakesPrecedence() throws Exception {
    try (var files = open(1, Optional.of(tag))) {
      var injected =
          new InjectedFile(app.resolve("secret.txt").toString(), Secret.ofText("x"), 0400);
      var shown = files.shown(List.of(injected)).stream().map(Shown::path).toList();
      assertFalse(shown.contains(injected.path()));
      assertTrue(shown.contains(app.resolve("large.bin").toString()));
      assertTrue(files.isStored(STORED + "/testudo-volume"));
      assertFalse(files.isStored(STORED + "2"));
    }
  }
}
