package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The arguments of `testudo cas serve`.
class ServeArgumentsTest {
  private static final KeyHash ONE = Identity.ephemeral("one").keyHash();
  private static final KeyHash OTHER = Identity.ephemeral("other").keyHash();

  @TempDir private Path folder;

  private static ServeArguments.Read read(String... more) throws IOException {
    var all = new ArrayList<>(List.of("--state", "s", "--listen", "127.0.0.1:0"));
    all.addAll(List.of(more));
    return ServeArguments.of(all, Map.of());
  }

  private static ServerOptions options(String... more) throws IOException {
    return assertInstanceOf(ServeArguments.Complete.class, read(more)).options();
  }

  private static Misuse misuse(String... more) throws IOException {
    return assertInstanceOf(ServeArguments.Misused.class, read(more)).misuse();
  }

  /// Returns the id and the place of each error in a file of owners.
  private static List<String> mistakes(Path file) throws IOException {
    var read = read("--owner-file", file.toString());
    return assertInstanceOf(ServeArguments.Mistaken.class, read).problems().stream()
        .map(p -> "%s %d:%d".formatted(p.id(), p.span().line(), p.span().column()))
        .toList();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("owners"), text);
  }

  @Test
  void ownersComeFromTheCommandLineAndFromAFile() throws IOException {
    var file = file("# who runs this\n\n  %s  # the first\n%s".formatted(ONE, OTHER));
    assertEquals(Set.of(ONE, OTHER), options("--owner-file", file.toString()).root().owners());
    Files.writeString(file, ONE + "\r\n");
    var both = options("--owner-file", file.toString(), "--owner", OTHER.text());
    assertEquals(Set.of(ONE, OTHER), both.root().owners());
    assertFalse(both.root().firstCome());
  }

  @Test
  void everyMistakeInAFileOfOwnersIsShownWithItsPlaceAndCasDoesNotStart() throws IOException {
    var file = file("alice\n%s\n  %s %s\n%s\n".formatted(ONE, ONE, OTHER, ONE));
    var err = new ByteArrayOutputStream();
    var code =
        ServeCommand.run(
            List.of(
                "serve",
                "--state",
                folder.resolve("state").toString(),
                "--listen",
                "127.0.0.1:0",
                "--owner-file",
                file.toString()),
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            _ -> {});
    var said = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, code, said);
    assertEquals(
        List.of("invalid-value 1:1", "invalid-value 3:3", "duplicate-name 4:1"), mistakes(file));
    var mistaken = (ServeArguments.Mistaken) read("--owner-file", file.toString());
    assertEquals(Diagnostics.render(mistaken.problems()), said);
    assertFalse(Files.exists(folder.resolve("state")), "CAS was not started");
  }

  @Test
  void aFileWithoutOwnersIsAMistakeAndOneThatIsNotThereAFailure() throws IOException {
    assertEquals(List.of("missing-value 1:1"), mistakes(file("# nobody\n")));
    var missing = folder.resolve("missing").toString();
    var e = assertThrows(IOException.class, () -> read("--owner-file", missing));
    assertInstanceOf(NoSuchFileException.class, e.getCause());
    var large = file("#".repeat(OwnerFile.LIMIT + 1)).toString();
    assertThrows(IOException.class, () -> read("--owner-file", large));
  }

  @Test
  void quotasAreChangedOneByOne() throws IOException {
    var quotas = options("--quota", "key=7,2", "--quota", "strangers=0,0").quotas();
    assertEquals(new Quotas.Quota(7, 2 << 20), quotas.of(Quotas.Who.KEY));
    assertEquals(new Quotas.Quota(0, 0), quotas.of(Quotas.Who.STRANGERS));
    assertEquals(Quotas.USUAL.of(Quotas.Who.OWNER), quotas.of(Quotas.Who.OWNER));
    assertEquals(Misuse.WRONG_VALUE, misuse("--quota", "keys=7,2"));
    assertEquals(Misuse.WRONG_VALUE, misuse("--quota", "key=-1,2"));
  }

  @Test
  void aVolumeIsClaimedForAMinuteUnlessAnotherTimeIsGiven() throws IOException {
    assertEquals(Duration.ofSeconds(60), options().volumeLease());
    assertEquals(Duration.ofSeconds(5), options("--volume-lease", "5").volumeLease());
    assertEquals(Duration.ofHours(1), options("--volume-lease", "3600").volumeLease());
    for (var wrong : List.of("4", "3601", "0", "-5", "5s", "")) {
      assertEquals(Misuse.WRONG_VALUE, misuse("--volume-lease", wrong), wrong);
    }
  }

  @Test
  void theMasterKeyHasOneSource() throws IOException {
    var given = ServerOptions.KeyOption.InFile.class;
    assertEquals(Path.of("k"), assertInstanceOf(given, key("--key-file", "k")).file());
    var passphrase = ServerOptions.KeyOption.Passphrase.class;
    var descriptor = key("--passphrase-file", "/dev/fd/3");
    assertEquals(Path.of("/dev/fd/3"), assertInstanceOf(passphrase, descriptor).file());
    assertInstanceOf(ServerOptions.KeyOption.Generated.class, key());
    assertEquals(Misuse.CONTRADICTION, misuse("--key-file", "k", "--passphrase-file", "p"));
    assertEquals(Misuse.MISSING_OPTION, misuse("--key-credential", "cas-key"));
    assertEquals(Misuse.WRONG_VALUE, misuse("--key-credential", "../cas-key"));
    var arguments =
        List.of("--state", "s", "--listen", "127.0.0.1:0", "--key-credential", "cas-key");
    var read = ServeArguments.of(arguments, Map.of("CREDENTIALS_DIRECTORY", "/run/c"));
    var credential = ServerOptions.KeyOption.Credential.class;
    var key = assertInstanceOf(ServeArguments.Complete.class, read).options().state().key();
    assertEquals(Path.of("/run/c/cas-key"), assertInstanceOf(credential, key).file());
  }

  @Test
  void aDatabaseServerIsNamedByAUrlWithoutPassword() throws IOException {
    var url = "jdbc:postgresql://db.example/cas?user=cas&sslmode=verify-full";
    var server = options("--store", url, "--store-password-file", "p").state().database();
    var inFile = new ServerOptions.PasswordOption.InFile(Path.of("p"));
    assertEquals(Optional.of(new ServerOptions.DatabaseServer(url, Optional.of(inFile))), server);
    assertEquals(Optional.empty(), options().state().database());
    assertEquals(Misuse.MISSING_OPTION, misuse("--store-password-file", "p"));
    assertEquals(Misuse.MISSING_OPTION, misuse("--store", url, "--store-password-credential", "p"));
    assertEquals(
        Misuse.CONTRADICTION,
        misuse("--store", url, "--store-password-file", "p", "--store-password-file", "p"));
    for (var wrong :
        List.of(
            url + "&password=hunter2",
            "jdbc:postgresql://db.example/cas?password=hunter2",
            "jdbc:postgresql://cas:hunter2@db.example/cas",
            url + "&sslfactory=org.postgresql.ssl.NonValidatingFactory",
            url + "&socketFactory=java.lang.String",
            "jdbc:mysql://db.example/hunter2")) {
      assertEquals(
          new ServeArguments.Misused(
              Misuse.WRONG_VALUE,
              "`--store` takes jdbc:postgresql://HOST[:PORT]/DATABASE without a password and"
                  + " without names of classes"),
          read("--store", wrong));
    }
  }

  private static ServerOptions.KeyOption key(String... more) throws IOException {
    return options(more).state().key();
  }

  @Test
  void misuseIsNamed() throws IOException {
    assertEquals(Misuse.WRONG_VALUE, misuse("--owner", "x"));
    assertEquals(Misuse.MISSING_VALUE, misuse("--owner"));
    assertEquals(Misuse.REPEATED_OPTION, misuse("--state", "t"));
    assertEquals(Misuse.REPEATED_OPTION, misuse("--listen", "127.0.0.1:1"));
    assertEquals(Misuse.REPEATED_OPTION, misuse("--owner-file", "a", "--owner-file", "b"));
    assertEquals(Misuse.REPEATED_OPTION, misuse("--console", "[::1]:1", "--console", "[::1]:1"));
    assertEquals(Misuse.MISSING_OPTION, misuse("--console", "0.0.0.0:8088"));
    assertEquals(Misuse.MISSING_OPTION, misuse("--console", "192.0.2.1:8088"));
    assertEquals(Misuse.MISSING_OPTION, misuse("--console-client", ONE.text()));
    assertEquals(
        Misuse.WRONG_VALUE, misuse("--console", "192.0.2.1:8088", "--console-client", "x"));
    assertEquals(Misuse.UNKNOWN_OPTION, misuse("--frist-come"));
    assertEquals(Misuse.CONTRADICTION, misuse("--first-come", "--owner", ONE.text()));
    var wrong = read("--owner", "x");
    assertEquals(
        new ServeArguments.Misused(
            Misuse.WRONG_VALUE, "`--owner` takes the hash of a key, not `x`"),
        wrong);
    for (var lacking :
        List.of(List.<String>of(), List.of("--state", "s"), List.of("--listen", "127.0.0.1:0"))) {
      var read =
          assertInstanceOf(ServeArguments.Misused.class, ServeArguments.of(lacking, Map.of()));
      assertEquals(Misuse.MISSING_OPTION, read.misuse());
    }
  }

  @Test
  void theTableInTheDocumentHasTheUsualQuotas() throws IOException {
    var text = Files.readString(Path.of("../docs/cas.md"));
    for (var who : Quotas.Who.values()) {
      var quota = Quotas.USUAL.of(who);
      var end = " | %d | %d |".formatted(quota.sessions(), quota.bytes() >> 20);
      assertTrue(
          text.lines()
              .anyMatch(l -> l.startsWith("| `%s` |".formatted(who.text())) && l.endsWith(end)),
          who + end);
    }
  }
}
