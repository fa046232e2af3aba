package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.UnsuitableFileException;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A folder with the documents of one verification, in which `expected.json` names the file of each
/// role. Recorded evidence is kept so. A document is found whatever platform it is asked for; the
/// verifier compares that.
public final class VectorFolder implements Collateral {
  private static final String NAMES = "expected.json";

  /// The files of folders that do not name them.
  private static final Map<String, String> USUAL_NAMES =
      Map.of("chain", "chain.pem", "leaf", "vcek.pem");

  private static final Octets NOTHING = Octets.of(new byte[0]);

  private final Map<String, Octets> files;

  private VectorFolder(Map<String, Octets> files) {
    this.files = Map.copyOf(files);
  }

  /// Returns whether a folder has this layout.
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(NAMES));
  }

  /// Reads a folder.
  ///
  /// @throws CommandFailed if it cannot be read
  public static VectorFolder read(Path folder) throws CommandFailed {
    var file = folder.resolve(NAMES);
    try {
      var expected =
          JsonMembers.read(BoundedFile.read(file, Document.MOST_BYTES), Document.MOST_BYTES, NAMES);
      var files = new HashMap<String, Octets>();
      var names = expected.has("files") ? expected.textMap("files") : USUAL_NAMES;
      for (var named : names.entrySet()) {
        var one = inside(folder, named.getValue());
        if (expected.has("files") || Files.exists(one)) {
          files.put(named.getKey(), Octets.of(BoundedFile.read(one, Document.MOST_BYTES)));
        }
      }
      return new VectorFolder(files);
    } catch (UnsuitableFileException e) {
      throw CommandFailed.input(String.valueOf(e.getMessage()));
    } catch (MessageException e) {
      throw CommandFailed.input("%s: %s".formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read the files that %s names".formatted(file), e);
    }
  }

  private static Path inside(Path folder, String name) throws CommandFailed {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw CommandFailed.input("%s names a file outside of the folder".formatted(NAMES));
    }
    return folder.resolve(name);
  }

  @Override
  public Optional<Document> find(DocumentId id) {
    return switch (id) {
      case DocumentId.TcbInfo _ -> document(id, "tcbInfo", "tcbInfoChain");
      case DocumentId.QeIdentity _ -> document(id, "qeIdentity", "qeIdentityChain");
      case DocumentId.PckCrl _ -> document(id, "pckCrl", "pckCrlChain");
      case DocumentId.IntelRootCrl _ -> document(id, "rootCrl", "");
      case DocumentId.AmdChain _ -> document(id, "chain", "");
      case DocumentId.Vcek _ -> document(id, "leaf", "");
      case DocumentId.AmdCrl _ -> document(id, "crl", "");
    };
  }

  private Optional<Document> document(DocumentId id, String body, String chain) {
    return Optional.ofNullable(files.get(body))
        .map(bytes -> new Document(id, bytes, files.getOrDefault(chain, NOTHING)));
  }

  /// Returns the certificate that signed a report, which the guest delivers with it.
  public Optional<Octets> leaf() {
    return Optional.ofNullable(files.get("leaf"));
  }
}
