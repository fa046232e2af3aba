package dev.testudo.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Inside CAS the value of a secret is a `Secret`, from where it is unsealed to where it is written
/// to the channel. Whoever exposes one more has to say so here.
class SecretsInCasTest {
  private static final Set<String> EXPOSING =
      Set.of(
          // Compares the token that came with a request.
          "attestation/Attestation.java",
          // Makes the key of the tickets' MAC from the stored bytes.
          "attestation/TicketKey.java",
          // Compares a key hash that is a secret's value with the caller's.
          "access/Access.java",
          // Writes values in the formats that policies ask for, and puts them into texts.
          "issue/Expansion.java",
          "issue/SecretText.java",
          // Reads keys of files, which are hexadecimal digits or bytes.
          "issue/FilesKeys.java",
          // Reads and writes the stored form, before sealing and after unsealing.
          "issue/StoredSecret.java",
          // Hashes a join token that was shown; what is stored is its hash.
          "token/TokenText.java",
          "volume/Generation.java",
          "volume/StoredVolume.java",
          "token/StoredToken.java",
          // Compares a one-time password that was presented, and reads which one was used last.
          "token/PresentedPassword.java",
          // Secrets that name who may do something, or what evidence must show.
          "issue/Structures.java",
          // Key hashes, which are no secret but are sealed as everything is.
          "Owners.java",
          "store/CasIdentity.java",
          "store/seal/Sealer.java",
          "store/SealedSession.java",
          "store/log/StoredHead.java");

  @Test
  void everyExposureIsKnown() throws IOException {
    var root = Command.ROOT.resolve("cas/src/main/java/dev/testudo/cas");
    var found = new TreeSet<String>();
    try (var sources = Files.walk(root)) {
      for (var source : sources.filter(Files::isRegularFile).toList()) {
        if (Files.readString(source).contains(".reveal")) {
          found.add(slashes(root.relativize(source)));
        }
      }
    }
    assertEquals(new TreeSet<>(EXPOSING), found);
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }

  @Test
  void noValueIsKeptAsBytesOrText() {
    var code =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.testudo.cas.issue", "dev.testudo.cas.store");
    var holders =
        "dev\\.testudo\\.cas\\.(issue\\.(StoredSecret|SecretValue|Expansion|MadeKeys)|store\\.SecretRow)(\\$.*)?";
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .haveNameMatching(holders)
        .and()
        .areNotStatic()
        .should()
        .haveRawType(byte[].class)
        .check(code);
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .haveNameMatching(holders)
        .and()
        .areNotStatic()
        .and()
        // Names; and what a limit is of.
        .haveNameNotMatching("name|fingerprint|what")
        .should()
        .haveRawType(String.class)
        .check(code);
  }
}
