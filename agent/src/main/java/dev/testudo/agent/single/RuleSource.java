package dev.testudo.agent.single;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The source of the rules: an environment, and a file that may change.
///
/// @param environment the environment of this process; only the shield's variables matter
record RuleSource(Map<String, String> environment, Optional<Path> file) {
  private static final int LIMIT = 1 << 20;

  /// Distinguishes one content of the file from the next without reading it. A file that is
  /// replaced through a link in its path, as Kubernetes does, has another key.
  record Version(FileTime modified, long size, Optional<String> file) {}

  /// The rules that were read.
  ///
  /// @param stated whether anything states how to shield the program; stating that it is not
  ///     shielded counts, too
  record Rules(ShieldRules rules, boolean stated) {}

  /// Reads the current rules. Reads the file only once, because a pipe is empty afterwards.
  ///
  /// @throws IOException if the file cannot be read
  Parsed<Rules> read() throws IOException {
    if (file.isEmpty()) {
      return ShieldVariables.read(environment)
          .map(rules -> new Rules(rules, isStated(environment.keySet())));
    }
    return source(file.get())
        .then(EnvironmentFile::read)
        .then(
            variables ->
                ShieldVariables.read(environment, variables)
                    .map(
                        rules ->
                            new Rules(
                                rules,
                                isStated(environment.keySet()) || isStated(variables.keySet()))));
  }

  private static boolean isStated(Set<String> names) {
    return names.stream().anyMatch(ShieldVariables::isShieldVariable);
  }

  private static Parsed<SourceFile> source(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        return wrongFile(file, "%s is longer than %d bytes".formatted(file, LIMIT));
      }
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new Parsed.Valid<>(new SourceFile(file.toString(), text), List.of());
    } catch (CharacterCodingException _) {
      return wrongFile(file, file + " is not UTF-8 text");
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException(file + " does not exist", e);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new IOException(file + " may not be read", e);
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Parsed<SourceFile> wrongFile(Path file, String why) {
    var nowhere = new SourceFile(file.toString(), "").whole();
    var problem =
        Diagnostic.error(DiagnosticId.INVALID_VALUE, nowhere, why)
            .helped("is it the file of the rules, lines `NAME=value`?");
    return new Parsed.Invalid<>(List.of(problem));
  }

  /// Returns the version of the file, or empty if it cannot be seen.
  Optional<Version> version() {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      var attributes = Files.readAttributes(file.get(), BasicFileAttributes.class);
      return Optional.of(
          new Version(
              attributes.lastModifiedTime(),
              attributes.size(),
              Optional.ofNullable(attributes.fileKey()).map(Objects::toString)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
